/** The HTTP status of the engine's answer, if there was one. */
export function statusOf(error: unknown): number | undefined {
  const status: unknown = typeof error === 'object' && error !== null && 'statusCode' in error && error.statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** Whether the engine said that what was asked for is not there. */
export function isGone(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** The name of a container in one of the engine's lists; its short id where it has none. */
export function containerName({ Names, Id }: { readonly Names: readonly string[]; readonly Id: string }): string {
  return Names[0]?.slice(1) ?? Id.slice(0, 12);
}
