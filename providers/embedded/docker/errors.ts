/** What the engine itself said, without the HTTP client's words around it. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { json } = error as { json?: unknown };
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string') {
    return json.message;
  }
  return error.message;
}

/** An error that says what was being done, and to what, before the engine's own words. */
export function failed(what: string, cause: unknown): Error {
  return new Error(`${what}: ${reason(cause)}`, { cause });
}
