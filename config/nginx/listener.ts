import type { SystemInput } from '../schema/system.ts';
import { LISTS, OWN_PORT } from './directives.ts';

/*
 * A proxy that is replaced without a gap: a listener publishes the ports and holds their listening sockets, and each proxy
 * takes them from it (images/listener, images/nginx/inherit.sh). Old and new have one queue of connections in common.
 */

type ServiceInput = SystemInput['services'][string];

/** Where the volume with the listener's Unix socket is mounted. */
const FOLDER = '/run/listener';
const SOCKET = `${FOLDER}/socket`;

/** Who is who, by their names in the system. */
export interface Listening {
  /** The service that publishes the ports. */
  readonly listener: string;
  /** The service that answers at them. */
  readonly proxy: string;
  /** The volume that both mount; it keeps no data. */
  readonly volume: string;
  /** Ports, each the same in both: name → number. */
  readonly ports: Readonly<Record<string, number>>;
  /** Which of them answers /health in clear. */
  readonly health: string;
}

/** The service that publishes ports, of the image of the same name. */
export function listenerService({ proxy, volume, ports }: Listening): Omit<ServiceInput, 'image'> {
  return {
    description: `Publishes the ports of ${proxy}, which takes their sockets over.`,
    command: Object.values(ports).map(String),
    bounds: { max: 1 },
    ports: Object.fromEntries(Object.entries(ports).map(([name, container]) => [name, { container }])),
    // Where it is found once its gate has opened: then it takes the sockets.
    calls: [proxy],
    volumes: { [volume]: FOLDER },
    healthcheck: { test: ['CMD', '/usr/local/bin/healthcheck', SOCKET], interval: '10s', timeout: '5s', retries: 3 },
    rollout: { stopGrace: '5s' },
  };
}

/** What the proxy has instead of published ports. */
export function behindListener({ listener, proxy, volume, ports, health }: Listening): Required<
  Pick<ServiceInput, 'entrypoint' | 'volumes' | 'rollout'>
> & {
  readonly ports: Readonly<Record<string, null>>;
  readonly dependsOn: Readonly<Record<string, 'healthy'>>;
  readonly healthcheck: Pick<NonNullable<ServiceInput['healthcheck']>, 'test'>;
} {
  const asked = `${listener}:${String(ports[health])}`;
  return {
    entrypoint: ['/usr/local/bin/inherit', proxy, SOCKET, LISTS],
    ports: Object.fromEntries(Object.keys(ports).map((name) => [name, null])),
    volumes: { [volume]: { path: FOLDER, readOnly: true } },
    dependsOn: { [listener]: 'healthy' },
    healthcheck: {
      test: ['CMD', '/usr/local/bin/healthcheck', 'inherited', String(OWN_PORT), '/health', SOCKET, asked],
    },
    // As behind an edge; and the old one goes on until the new one has surely taken the sockets.
    rollout: { minReady: '5s', drain: '3s', stopGrace: '30s' },
  };
}
