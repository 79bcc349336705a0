import { describe, expect, test } from '@jest/globals';
import { unpainted } from '../../../../cli/context.ts';
import { lasted } from '../../../../cli/timings/lines.ts';
import { hundredths, reportText } from '../../../../cli/timings/report.ts';
import { timingsOf } from '../../../../cli/timings/show.ts';
import { failed, started } from '../progress/events.ts';
import { at, events, gate, phases, plan } from './run.ts';

describe('reportText', () => {
  test('has a line for all that was done, then the critical path, which adds up', () => {
    expect(reportText(timingsOf(plan, { phases, events }), unpainted)).toBe(
      [
        'where the time went: stack dev, 6.85 s',
        '',
        '                 began  waited for       creation  start  health  other  ready',
        'slipway           0.00                                             0.20   0.20',
        'checks            0.20  slipway                                    0.10   0.30',
        'pulumi            0.30  checks                                     0.50   0.80',
        'program           0.80  pulumi                                     1.10   1.90',
        'provider random   1.90  program                     0.20                  2.10',
        'provider docker   2.10  provider random             0.40                  2.50',
        'networks          2.50  provider docker      0.16                  0.04   2.70',
        'image workload    2.50  provider docker                            1.00   3.50',
        'postgres          2.71  network home         0.19   0.18    1.00          4.10',
        'migrate           4.12  postgres             0.18                  0.50   4.80',
        'api               4.83  migrate              0.22   0.11    1.25          6.40',
        'pulumi ends       6.40  api (replica 2)                            0.20   6.60',
        'smoke test        6.60  pulumi ends                                0.25   6.85',
        '',
        'the critical path: 12 waits that made the total',
        '',
        '    0.20  slipway',
        '    0.10  checks',
        '    0.50  pulumi',
        '    1.10  program          loading 0.70, planning 0.40',
        '    0.20  provider random  started 0.20',
        '    0.40  provider docker  started 0.40',
        '    0.20  network home     compared 0.04, created 0.16',
        '    1.40  postgres         handed on 0.03, created 0.19, started 0.18, healthy 1.00',
        '    0.70  migrate          handed on 0.02, created 0.18, ran 0.50',
        '    1.60  api (replica 2)  handed on 0.04, created 0.22, started 0.10, healthy 1.24',
        '    0.20  pulumi ends',
        '    0.25  smoke test',
        '    6.85  in all',
      ].join('\n'),
    );
  });

  test('says what failed, and what had not ended', () => {
    const heard = [
      ...events.filter(({ atMs }) => atMs < 2900),
      ...at(2920, started(gate('postgres')), started(gate('api'))),
      ...at(3000, failed(gate('postgres'))),
    ];
    const text = reportText(timingsOf(plan, { phases, events: heard }), unpainted);
    expect(text).toMatch(/^postgres .* failed$/m);
    expect(text).toMatch(/^api .* unfinished$/m);
  });
});

test('lasted counts once what went on at the same time', () => {
  const parts = [
    { what: 'created', fromMs: 0, toMs: 10 },
    { what: 'created', fromMs: 5, toMs: 20 },
    { what: 'created', fromMs: 30, toMs: 40 },
    { what: 'started', fromMs: 0, toMs: 100 },
  ] as const;
  expect(lasted(parts, ['created'])).toBe(30);
});

test('hundredths of what follows each other add up to those of the whole', () => {
  expect([hundredths(0, 4), hundredths(4, 8), hundredths(8, 12), hundredths(0, 12)]).toEqual([
    '0.00',
    '0.01',
    '0.00',
    '0.01',
  ]);
});
