import { describe, expect, test } from '@jest/globals';
import { CONTAINER } from '../../../../providers/embedded/docker/container/schema.ts';
import { NETWORK } from '../../../../providers/embedded/docker/network.ts';
import { checkInputs, isAutoNamed } from '../../../../providers/embedded/schema/check.ts';
import type { CheckArgs, Values } from '../../../../providers/rpc/index.ts';
import { UNKNOWN } from '../../../../providers/rpc/index.ts';

function args(inputs: Values, olds?: Values): CheckArgs {
  const urn = 'urn:pulumi:test::project::docker:index/container:Container::web';
  return { urn, inputs, olds, seed: Buffer.from('seed') };
}

function problems(inputs: Values): string[] {
  return checkInputs(CONTAINER, args({ image: 'a', ...inputs })).failures.map(
    ({ property, reason }) => `${property}: ${reason}`,
  );
}

describe('the inputs of a container', () => {
  test('that are fine are accepted, known or not', () => {
    expect(problems({ cpus: '0.5', command: ['a', UNKNOWN], labels: UNKNOWN, user: null })).toEqual([]);
  });

  test.each<[Values, string]>([
    [{ privileged: true }, 'privileged: there is no such input, or this provider does not implement it'],
    [{ mounts: [{ type: 'bind', target: '/', volumeOptions: {} }] }, 'mounts[0].volumeOptions: there is no such input'],
    [{ attach: true }, 'attach: not accepted; accepted: false'],
    [{ cpus: '1' }, 'cpus: not accepted; accepted: a number of CPUs as it is read back'],
    [{ cpus: '0.50' }, 'cpus: not accepted'],
    [
      { healthcheck: { interval: '60s' } },
      'healthcheck.interval: not accepted; accepted: a duration as it is read back',
    ],
    [{ healthcheck: { interval: '1m' } }, 'healthcheck.interval: not accepted'],
    [{ capabilities: { adds: ['NET_ADMIN'] } }, 'capabilities.adds: not accepted; accepted: capabilities as they are'],
    [{ restart: 'sometimes' }, 'restart: not accepted; accepted: no, on-failure, always, unless-stopped'],
    [{ mounts: [{ type: 'npipe', target: '/' }] }, 'mounts[0].type: not accepted; accepted: bind, volume, tmpfs'],
    [{ ports: [{ external: 80 }] }, 'ports[0].internal: missing'],
    [{ memory: -1 }, 'memory: not accepted; accepted: 0 or more'],
    [{ memory: 'much' }, 'memory: Invalid input: expected number'],
  ])('%j: are refused by name', (inputs, problem) => {
    const [found, ...more] = problems(inputs);
    expect(found).toContain(problem);
    expect(more).toEqual([]);
  });

  test('are refused all at once', () => {
    expect(problems({ privileged: true, tty: true, cpus: '1', attach: true })).toHaveLength(4);
  });

  test.each(['1.0', '0.5', '2.25', '16.0', '10.0'])('%s CPUs are accepted', (cpus) => {
    expect(problems({ cpus })).toEqual([]);
  });

  test.each(['0s', '500ms', '1.5s', '30s', '1m0s', '1m30s', '1h0m0s'])('%s is accepted as a duration', (interval) => {
    expect(problems({ healthcheck: { interval } })).toEqual([]);
  });
});

describe('checked inputs', () => {
  test('hold defaults, also of what is nested, and say which those are', () => {
    const { inputs } = checkInputs(CONTAINER, args({ image: 'a', restart: 'always', ports: [{ internal: 80 }] }));
    expect(inputs).toEqual({
      image: 'a',
      restart: 'always',
      ports: [{ internal: 80, ip: '0.0.0.0', protocol: 'tcp', __defaults: ['ip', 'protocol'] }],
      removeVolumes: true,
      start: true,
      mustRun: true,
      waitTimeout: 60,
      __defaults: ['removeVolumes', 'start', 'mustRun', 'waitTimeout'],
    });
  });

  test('are checked again without a difference', () => {
    const first = checkInputs(NETWORK, args({ internal: true }), { autoName: 255 }).inputs;
    expect(checkInputs(NETWORK, args({ internal: true }, first), { autoName: 255 })).toEqual({
      inputs: first,
      failures: [],
    });
  });
});

describe('an automatic name', () => {
  const check = (inputs: Values, olds?: Values) => checkInputs(NETWORK, args(inputs, olds), { autoName: 20 }).inputs;

  test('is the logical name and 7 hexadecimal digits, the same for the same seed', () => {
    expect(check({})['name']).toMatch(/^web-[0-9a-f]{7}$/);
    expect(check({})).toEqual(check({}));
    expect(isAutoNamed(check({}))).toBe(true);
  });

  test('is kept', () => {
    expect(check({}, { name: 'web-0000000' })['name']).toBe('web-0000000');
  });

  test('gives way to one that is given', () => {
    expect(check({ name: 'mine' }, { name: 'web-0000000' })['name']).toBe('mine');
    expect(isAutoNamed(check({ name: 'mine' }))).toBe(false);
  });

  test('is no longer than it may be', () => {
    const urn = `urn:pulumi:test::project::docker:index/network:Network::${'x'.repeat(300)}`;
    const { inputs } = checkInputs(NETWORK, { ...args({}), urn }, { autoName: 20 });
    expect(inputs['name']).toMatch(/^x{12}-[0-9a-f]{7}$/);
  });
});
