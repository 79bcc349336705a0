import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { composeText, markerOf } from '../../../../config/compose/text.ts';
import type { PlannedService } from '../../../../config/plan/types.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

type ServiceInput = Parameters<typeof service>[0];

const args = { tags: new Map([['app', 'slipway/app:0123456789ab']]), project: '/project' };
const textOf = (changes: ServiceInput = {}, values: Record<string, unknown> = {}): string =>
  composeText(planOf(resolveShop(system({ api: service(changes) }), { values })), args);
const serviceOf = (text: string): unknown => (parse(text) as { services: Record<string, unknown> }).services['api'];

describe('the text of a compose.yaml', () => {
  test('begins with a line that tells which stack it is of', () => {
    const plan = planOf(resolveShop(system({ api: service() })));
    expect(markerOf(plan)).toBe('# Written by `slipway export compose` from stack dev of shop.');
    expect(textOf().split('\n')[0]).toBe(markerOf(plan));
  });

  test('puts each service under what it is for, and what is short on one line', () => {
    expect(textOf({ command: ['serve'], environment: { B: 'b', A: 'a' } })).toContain(
      [
        'services:',
        '  # A service.',
        '  api:',
        '    image: slipway/app:0123456789ab',
        '    pull_policy: never',
        '    build: ./images/app',
        '    command: [ serve ]',
        '    user: 1000:1000',
        '    environment:',
        '      A: a',
        '      B: b',
        '    networks: [ home ]',
        '    read_only: true',
        '    cap_drop: [ ALL ]',
        '    security_opt: [ no-new-privileges:true ]',
        '    pids_limit: 512',
        '    restart: unless-stopped',
        '    stop_grace_period: 30s',
        '    logging: { driver: json-file, options: { max-file: "3", max-size: 10m } }',
        '',
        'networks:',
      ].join('\n'),
    );
  });

  test('lets Compose put no variable in the place of anything', () => {
    const text = textOf({ command: ['sh', '-c', 'echo $HOME ${A:-b} $$'], environment: { A: 'pa$word' } });
    expect(serviceOf(text)).toMatchObject({
      command: ['sh', '-c', 'echo $$HOME $${A:-b} $$$$'],
      environment: { A: 'pa$$word' },
    });
  });

  test.each(['true', 'no', 'on', '1', '1.5', '0x1f', '0o17', '017', '1:30', '2026-01-01', '~', 'null', '', ' a ', '#'])(
    'keeps %j the text that it is, in both versions of YAML',
    (value) => {
      const text = textOf({ environment: { A: value } });
      for (const version of ['1.1', '1.2'] as const) {
        expect(parse(text, { version })).toMatchObject({ services: { api: { environment: { A: value } } } });
      }
    },
  );

  test('says where the stack is, if that is elsewhere', () => {
    expect(textOf({}, { host: 'tcp://10.0.0.5:2375' })).toContain(
      '# The stack is on tcp://10.0.0.5:2375: run it there, in a copy of this folder that keeps owners and modes.\n',
    );
    expect(textOf()).not.toContain('The stack is on');
  });

  test('lets nothing in a comment break out of it', () => {
    const plan = planOf(resolveShop(system({ api: service() })));
    const task = { name: 'a', description: '', service: 'api', destructive: false, interactive: false };
    const text = composeText(
      {
        ...plan,
        services: plan.services.map((one): PlannedService => ({ ...one, description: 'one\nname: two' })),
        tasks: [{ ...task, command: ['echo', 'a\nname: three'] }],
      },
      args,
    );
    expect(parse(text)).toMatchObject({ name: 'shop-dev-compose' });
    expect(Object.keys(parse(text) as object)).toEqual(['name', 'services', 'networks']);
  });
});
