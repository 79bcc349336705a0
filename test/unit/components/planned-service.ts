import type { PlannedService } from '../../../config/plan/types.ts';

/** A service with nothing special about it, for tests to vary. */
export function plannedService(changes: Partial<PlannedService> = {}): PlannedService {
  return {
    name: 'api',
    description: 'Answers requests.',
    kind: 'service',
    replicas: 1,
    bounds: { min: 1, max: 8 },
    singleton: false,
    profiles: [],
    image: 'slipway/app',
    imageName: 'app',
    command: [],
    entrypoint: [],
    limits: {},
    reservations: {},
    ports: [],
    networks: [{ network: 'home', aliases: [], join: 'create' }],
    dependsOn: [],
    calls: [],
    environment: {},
    secrets: [],
    volumes: [],
    binds: [],
    tmpfs: [],
    files: [],
    readOnly: true,
    capAdd: [],
    capDrop: [],
    pidsLimit: 512,
    ulimits: {},
    restart: 'unless-stopped',
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
    rollout: { order: 'createFirst', healthTimeoutMs: 60_000, drainMs: 0, stopGraceMs: 30_000 },
    ...changes,
  };
}
