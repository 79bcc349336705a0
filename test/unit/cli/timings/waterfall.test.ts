import { describe, expect, test } from '@jest/globals';
import { timingsOf } from '../../../../cli/timings/show.ts';
import { waterfall } from '../../../../cli/timings/waterfall.ts';
import { events, phases, plan } from './run.ts';

const timings = timingsOf(plan, { phases, events });
const svg = waterfall(timings);

describe('waterfall', () => {
  test('draws each part at its time: a second is the same length everywhere', () => {
    const bars = [
      ...svg.matchAll(/<rect class="health" x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="12"><title>/g),
    ];
    const [postgres, first, second] = bars.map(([, x, width]) => ({ x: Number(x), width: Number(width) }));
    const perMs = (postgres?.width ?? 0) / 1000;
    expect((first?.width ?? 0) / perMs).toBeCloseTo(1000, -1);
    expect((second?.width ?? 0) / perMs).toBeCloseTo(1240, -1);
    expect(((first?.x ?? 0) - (postgres?.x ?? 0)) / perMs).toBeCloseTo(5150 - 3100, -1);
  });

  test('has a title, an axis in seconds, and the critical path as one line through all of it', () => {
    expect(svg).toContain('<title>Where the time went: stack dev, 6.85 s</title>');
    expect(svg).toContain('>seconds since the command began</text>');
    expect([...svg.matchAll(/y="\d+" text-anchor="middle">(\d+(?:\.\d+)?)<\/text>/g)].map(([, tick]) => tick)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
    ]);
    const [, line = ''] = /<path class="path" d="M([\d .L]+)"\/>\n/.exec(svg) ?? [];
    expect(line.split('L')).toHaveLength(2 * timings.path.length);
  });

  test('can be read on dark paper too, and runs nothing', () => {
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
    expect(svg).not.toMatch(/<script|javascript:|href=|\son\w+=/);
  });

  test('escapes what names hold', () => {
    const [line] = timings.lines;
    if (line === undefined) throw new Error('no line');
    const odd = waterfall({ ...timings, stack: '<b>&"', lines: [{ ...line, name: '</text><script>' }] });
    expect(odd).toContain('stack &lt;b&gt;&amp;&quot;');
    expect(odd).not.toContain('<script>');
  });

  test('draws a run of which there is nothing to tell', () => {
    expect(waterfall({ stack: 'dev', totalMs: 0, lines: [], path: [] })).toContain('</svg>');
  });
});
