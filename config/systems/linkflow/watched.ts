import { monitoringDatabase } from '../../monitoring/with-monitoring.ts';
import type { Overlay, SystemInput } from '../../schema/system.ts';

/*
 * What the exporters beside the stores are told where these take nobody without TLS.
 */

type Changes = NonNullable<Overlay<SystemInput['services'][string]>>;
type Uses = NonNullable<SystemInput['services'][string]['secrets']>;

/** The exporter of a PostgreSQL that is called `postgres`, which verifies it as its name with the authority in `ca`. */
export function postgresExporterOverTls(ca: string, secrets: Uses): Changes {
  const address = `postgres:5432/${monitoringDatabase('postgres')}`;
  return { environment: { DATA_SOURCE_URI: `${address}?sslmode=verify-full&sslrootcert=${ca}` }, secrets };
}

/** The exporter of a Redis that is called `redis`, and the password that it looks up by that address. */
export function redisExporterOverTls(ca: string, secrets: Uses): { service: Changes; secrets: Overlay<Secrets> } {
  const address = 'rediss://redis:6379';
  return {
    service: { environment: { REDIS_ADDR: address, REDIS_EXPORTER_TLS_CA_CERT_FILE: ca }, secrets },
    secrets: {
      REDIS_EXPORTER_PASSWORDS: {
        format: { kind: 'template', template: `{"${address}":"\${REDIS_PASSWORD|json}"}` },
      },
    },
  };
}

type Secrets = NonNullable<SystemInput['secrets']>;
