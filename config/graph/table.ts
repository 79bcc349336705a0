/** A table in Markdown, its columns aligned as Prettier does it; the first column holds names. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => headings.map((_, index) => cell(row[index] ?? '')));
  const widths = headings.map((heading, index) =>
    Math.max(3, heading.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, index) => text.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)];
}

/** A text that can't end its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
