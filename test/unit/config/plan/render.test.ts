import { describe, expect, test } from '@jest/globals';
import { renderIssues, renderPlan } from '../../../../config/plan/render.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

test('all problems stand in one report, errors first, each with what would be accepted', () => {
  expect(
    renderIssues([
      { severity: 'warning', path: 'slipway:services', message: 'too much' },
      { severity: 'error', path: 'slipway:system', message: 'no system "x"', accepted: 'known: linkflow' },
    ]),
  ).toBe(
    [
      'error: slipway:system: no system "x"',
      '  accepted: known: linkflow',
      'warning: slipway:services: too much',
      '',
    ].join('\n'),
  );
});

describe('a plan is shown', () => {
  const lines = (changes: Parameters<typeof service>[0]): string[] =>
    renderPlan(planOf(resolveShop(system({ api: service(changes) })))).split('\n');

  test('with arguments as a shell would need them', () => {
    expect(lines({ command: ['say', "it's", 'a b', ''] })).toContain("  command: say 'it'\\''s' 'a b' ''");
  });

  test('with limits in units', () => {
    expect(lines({ limits: { memory: '1.5g', cpus: 0.5 } })).toContain('  limits: memory 1536m, cpus 0.5');
    expect(lines({})).toContain('  limits: none');
  });

  test('with where a port is reached', () => {
    expect(lines({ ports: { http: { container: 80, published: 8000 } } })).toContain(
      '  port http: 80/tcp, published on 127.0.0.1:8000',
    );
  });

  test('without what fails its smoke test, where nothing does but time', () => {
    const smoke = {
      ...{ service: 'api', port: 'http', start: { method: 'POST' as const, path: '/work', body: {} } },
      poll: { path: '/work/{id}', done: 'done', failed: [] },
    };
    const api = service({ ports: { http: { container: 80, published: 8000 } } });
    const text = renderPlan(planOf(resolveShop(system({ api }, { smoke }))));
    expect(text).toContain('until done');
    expect(text).not.toContain('fails if');
  });

  test('ending with a single newline', () => {
    expect(lines({}).slice(-2)).toEqual([expect.stringMatching(/\S/), '']);
  });
});
