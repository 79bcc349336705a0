/** `export` lines that a POSIX shell can evaluate, sorted; the values arrive byte for byte. */
export function exportLines(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join('\n');
}

/** A text as one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
