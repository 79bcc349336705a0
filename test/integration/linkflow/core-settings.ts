import { freePorts } from '../support/free-ports.ts';
import type { Settings } from '../support/test-stack.ts';

/** LinkFlow's core in dev, migrated, on free ports of this machine; and where its api is then found. */
export async function coreSettings(): Promise<{ readonly settings: Settings; readonly api: string }> {
  const [http, frontend, grpc, postgres, redis] = await freePorts(5);
  return {
    settings: {
      system: 'linkflow',
      environment: 'dev',
      profiles: ['migrate'],
      ports: { api: { http }, frontend: { http: frontend, grpc }, postgres, redis },
    },
    api: `http://127.0.0.1:${http ?? 0}/api/v1`,
  };
}
