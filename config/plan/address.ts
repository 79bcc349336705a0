/** Whether the engine at this address runs on the machine that asks, as far as an address tells. */
export function isLocalAddress(host: string): boolean {
  return host.startsWith('unix://') || /^(?:tcp|http):\/\/(?:localhost|127\.[\d.]+|\[::1\])(?:[:/]|$)/.test(host);
}
