import { z } from 'zod';
import { engineHost } from '../../engine/connect.ts';
import type { Provider } from '../rpc/index.ts';
import { filesResource } from './files/resource.ts';
import { Host, naming } from './host/host.ts';
import { jobResource } from './job/resource.ts';
import { portsResource } from './ports/resource.ts';
import { postgresDatabaseResource } from './postgres-database/resource.ts';
import { postgresRoleResource } from './postgres-role/resource.ts';
import { preflightResource } from './preflight/resource.ts';
import { releaseResource } from './release/resource.ts';
import { replicaResource } from './replica/resource.ts';
import { secretDatesResource } from './secret-dates/resource.ts';
import { subnetsResource } from './subnets/resource.ts';

const Config = z.strictObject({
  host: z.string().min(1).optional().meta({ description: 'Address of the Docker host; default: as the docker client' }),
});

/** What @pulumi/docker lacks: gates for replicas, jobs, files in volumes, subnets, databases, passwords of roles, checks before a replacement, the record of releases, dates of secrets; on one Docker host. */
export const slipwayProvider: Provider = {
  name: 'slipway',
  version: '0.1.0',
  config: Config,
  configure(config) {
    const host = new Host(engineHost(Config.parse(config).host));
    const resources = [
      ...[subnetsResource(host), portsResource(host), filesResource(host), replicaResource(host), jobResource(host)],
      ...[postgresDatabaseResource(host), postgresRoleResource(host), preflightResource(host), releaseResource()],
      secretDatesResource(),
    ];
    return resources.map((resource) => naming(host, resource));
  },
};
