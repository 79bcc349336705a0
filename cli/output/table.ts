import { stripVTControlCharacters } from 'node:util';

/** A column: its heading, and on which side its cells stand. */
export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
}

/** Plain columns, two blanks apart, headings first; colours in the cells do not disturb them. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const all = [columns.map((column) => column.heading), ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => visible(row[index] ?? ''))));
  return all
    .map((row) =>
      columns
        .map((column, index) => {
          const cell = row[index] ?? '';
          const gap = ' '.repeat((widths[index] ?? 0) - visible(cell));
          return column.align === 'right' ? gap + cell : cell + gap;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function visible(text: string): number {
  return stripVTControlCharacters(text).length;
}
