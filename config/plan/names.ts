/** What names of a stack on a host begin with: `<system>-<stack>`, or the stack's name where it says the system. */
export function stackPrefix(system: string, stack: string): string {
  return stack === system || stack.startsWith(`${system}-`) ? stack : `${system}-${stack}`;
}

/** A replica's name on a host at its longest: Pulumi adds a hyphen and seven hex digits to tell old from new. */
export function longestContainerName(prefix: string, service: string, replicas: number): string {
  return `${prefix}-${service}-${replicas}-0123456`;
}
