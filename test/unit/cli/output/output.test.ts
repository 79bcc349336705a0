import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { bytes, count, uptime } from '../../../../cli/output/format.ts';
import { exportLines } from '../../../../cli/output/shell.ts';
import { table } from '../../../../cli/output/table.ts';

test('a table aligns what is seen, not what is sent', () => {
  const columns = [{ heading: 'NAME' }, { heading: 'SIZE', align: 'right' as const }, { heading: 'X' }];
  expect(
    table(columns, [
      ['\u001b[32mapi\u001b[39m', '5', 'a'],
      ['postgres', '500', ''],
    ]),
  ).toBe(['NAME      SIZE  X', '\u001b[32mapi\u001b[39m          5  a', 'postgres   500'].join('\n'));
});

test('sizes, times and numbers read well', () => {
  expect([0, 1023, 1536, 157_286_400, 2 ** 31].map(bytes)).toEqual(['0 B', '1023 B', '1.5 KiB', '150 MiB', '2 GiB']);
  expect([400, 65_000, 3_600_000, 90_061_000].map(uptime)).toEqual(['0s', '1m 5s', '1h', '1d 1h']);
  expect([count(1, 'container'), count(2, 'container')]).toEqual(['1 container', '2 containers']);
});

test('a shell gets back every value byte for byte', () => {
  const variables = { PLAIN: 'a', QUOTED: `it's "here" $HOME \`id\` \\`, LINES: 'one\ntwo', EMPTY: '' };
  const script = `${exportLines(variables)}\nprintf '%s\\0' "$EMPTY" "$LINES" "$PLAIN" "$QUOTED"`;
  const seen = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: {} });
  expect(seen.split('\0').slice(0, -1)).toEqual([variables.EMPTY, variables.LINES, variables.PLAIN, variables.QUOTED]);
});
