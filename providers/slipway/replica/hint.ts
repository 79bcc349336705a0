/**
 * What the last lines of a container that has failed come down to, where the one who reads them may not know how it was made.
 * @param log its last lines
 * @param isReadOnly whether its root file system is read-only
 * @returns undefined where the lines speak for themselves
 */
export function hintFor(log: string, isReadOnly: boolean): string | undefined {
  // EROFS, in the words of the C library.
  return isReadOnly && /read-only file ?system/i.test(log)
    ? 'Its root file system is read-only: what it writes goes to a folder in memory (tmpfs) or a volume of the service.'
    : undefined;
}
