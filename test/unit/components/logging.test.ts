import { expect, test } from '@jest/globals';
import * as pulumi from '@pulumi/pulumi';
import { logOptions } from '../../../components/engines/docker-host/logging.ts';
import type { Foundation } from '../../../components/engines/docker-host/foundation.ts';
import { plannedService } from './planned-service.ts';

const foundation = {
  mountpoints: new Map([['log-socket', pulumi.output('/data/volumes/shop-dev-log-socket-1234567/_data')]]),
} as unknown as Foundation;

const socket = { option: 'fluentd-address', volume: 'log-socket', file: 'collector.sock' };

function resolved(options: Readonly<Record<string, pulumi.Input<string>>>): Promise<unknown> {
  return new Promise((resolve) => {
    pulumi.output(options).apply(resolve);
  });
}

test('a socket is named by the path that its volume has on the host', async () => {
  const logging = { driver: 'fluentd', options: { 'fluentd-async': 'true' }, socket };
  expect(await resolved(logOptions(plannedService({ logging }), foundation))).toEqual({
    'fluentd-async': 'true',
    'fluentd-address': 'unix:///data/volumes/shop-dev-log-socket-1234567/_data/collector.sock',
  });
});

test('without one the options are those of the plan', () => {
  const logging = { driver: 'json-file', options: { 'max-size': '10m' } };
  expect(logOptions(plannedService({ logging }), foundation)).toEqual({ 'max-size': '10m' });
});
