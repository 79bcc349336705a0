import { expect, test } from '@jest/globals';
import { behindListener, listenerService, type Listening } from '../../../../config/nginx/listener.ts';
import { proxyService } from '../../../../config/nginx/directives.ts';
import { plainProxy } from '../../../../config/nginx/plain.ts';
import { mergeOverlay } from '../../../../config/plan/overlay.ts';
import type { PlannedService } from '../../../../config/plan/types.ts';
import type { SystemInput } from '../../../../config/schema/system.ts';
import { planOf, resolveShop, service, system } from '../fixture.ts';

const way: Listening = {
  ...{ listener: 'listener', proxy: 'proxy', volume: 'sockets', health: 'http' },
  ports: { http: 80, https: 443 },
};

const published = service({
  ...proxyService(
    plainProxy({
      ...{ port: 80, workers: 1, connections: 64 },
      routes: [{ prefix: '/', to: { service: 'web', port: 8080 } }],
    }),
  ),
  ...{ calls: ['web'], dependsOn: { web: 'healthy' }, healthcheck: { test: ['CMD', 'true'] } },
  ports: { http: { container: 80, published: 8088 }, https: { container: 443 } },
});

function planned(name: string): PlannedService {
  const shop = system(
    {
      web: service({ healthcheck: { test: ['CMD', 'true'] } }),
      listener: mergeOverlay(listenerService(way), {
        image: 'app',
        ports: { http: { published: 8088 } },
      }) as SystemInput['services'][string],
      proxy: mergeOverlay(published, behindListener(way)) as SystemInput['services'][string],
    },
    { volumes: { sockets: { description: 'Sockets.', keep: false } } },
  );
  const found = planOf(resolveShop(shop)).services.find((each) => each.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

test('the listener publishes, and there can only be one of it', () => {
  const { ports, command, rollout, volumes } = planned('listener');
  expect(ports.map(({ name, container, published: on }) => [name, container, on])).toEqual([
    ['http', 80, 8088],
    ['https', 443, undefined],
  ]);
  expect(command).toEqual(['80', '443']);
  expect(rollout.order).toBe('deleteFirst');
  expect(volumes).toEqual([{ volume: 'sockets', path: '/run/listener', readOnly: false }]);
});

test('the proxy publishes nothing, is replaced create-first, and goes on for a while beside the new one', () => {
  const { ports, rollout, volumes, dependsOn } = planned('proxy');
  expect(ports).toEqual([]);
  expect(rollout).toMatchObject({ order: 'createFirst', minReadyMs: 5000, drainMs: 3000 });
  expect(volumes).toEqual([{ volume: 'sockets', path: '/run/listener', readOnly: true }]);
  expect(dependsOn.map(({ service: name }) => name)).toEqual(['listener', 'web']);
});

test('it takes the sockets once it is found by its name, which is once its gate has opened', () => {
  const { entrypoint, networks } = planned('proxy');
  expect(entrypoint).toEqual(['/usr/local/bin/inherit', 'proxy', '/run/listener/socket', '/etc/nginx/upstreams']);
  const named = networks.filter(({ aliases }) => aliases.includes('proxy'));
  expect(named).toEqual([{ network: 'door-proxy', aliases: ['proxy'], join: 'healthy' }]);
  expect(planned('listener').networks).toContainEqual({ network: 'door-proxy', aliases: [], join: 'create' });
});

test('its health is that of what users ask, and its own', () => {
  const { healthcheck, files } = planned('proxy');
  expect(healthcheck?.test.slice(2)).toEqual(['inherited', '8081', '/health', '/run/listener/socket', 'listener:80']);
  expect(files.map(({ content }) => content).join('')).toContain('listen 127.0.0.1:8081;');
});
