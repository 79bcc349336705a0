import { type Change, diffValues, failures, type Operation, type Resource, type Values } from '../../rpc/index.ts';
import { type Host, reasonOf, unlessGone } from '../host/host.ts';
import { statements } from '../postgres/psql.ts';
import { type Found, lookScript, parseLook } from './look.ts';
import { PostgresDatabaseInputs } from './schema.ts';
import { departures, makeScript, obstacles } from './steps.ts';

/**
 * A database in a running PostgreSQL, with the role that owns it and that alone may open it, and its extensions. Makes what is
 * not there, adopts what is, and never drops anything. Made again whenever the container is another: that may stand on
 * other data. The password of the role is a resource of its own.
 */
export function postgresDatabaseResource(host: Host): Resource {
  return {
    token: 'slipway:index:PostgresDatabase',
    check: ({ inputs }) => ({ inputs, failures: failures(PostgresDatabaseInputs, inputs) }),
    diff: ({ olds, news, state }) => ({
      // Another database is another resource: the one before keeps its data.
      changes: [...diffValues(olds, news, ['database', 'service']), ...drifted(state)],
    }),
    async create(operation, inputs) {
      if (operation.preview) return { id: '', state: inputs };
      const wanted = PostgresDatabaseInputs.parse(inputs);
      await make(host, operation, wanted);
      return { id: `${wanted.service}/${wanted.database}`, state: inputs };
    },
    async update(operation, { news }) {
      if (!operation.preview) await make(host, operation, PostgresDatabaseInputs.parse(news));
      return news;
    },
    async read(operation, { state, inputs }) {
      const wanted = PostgresDatabaseInputs.safeParse(inputs);
      if (!wanted.success || !(await isRunning(host, wanted.data))) return { state, inputs };
      const found = await look(host, operation, wanted.data);
      if (!found.database) return null;
      const departs = departures(wanted.data, found);
      return { state: { ...inputs, ...(departs.length > 0 && { departs }) }, inputs };
    },
    async delete(operation, { inputs }) {
      const wanted = PostgresDatabaseInputs.safeParse(inputs);
      // With its server it is nobody's loss that nobody is told: the data stays in the volume.
      if (!wanted.success || !(await isRunning(host, wanted.data))) return;
      const { service, database, owner } = wanted.data;
      operation.log('info', `database "${database}" and role "${owner}" stay in ${service}, with all data`);
    },
  };
}

/** @throws if it can't be made, naming server, host, database and all reasons */
async function make(host: Host, operation: Operation, wanted: PostgresDatabaseInputs): Promise<void> {
  const { service, container, admin, database } = wanted;
  if (!(await isRunning(host, wanted))) {
    throw new Error(`${service} on ${host.address}: its container ${container.slice(0, 12)} does not run`);
  }
  try {
    const found = await look(host, operation, wanted);
    const inTheWay = obstacles(wanted, found);
    if (inTheWay.length > 0) throw new Error(inTheWay.join('; '));
    if (departures(wanted, found).length === 0) return;
    await statements(host, operation, {
      container,
      user: admin,
      database: 'postgres',
      input: makeScript(wanted, found),
    });
  } catch (error) {
    throw new Error(`${service} on ${host.address}: database "${database}" can't be made: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

async function look(host: Host, operation: Operation, wanted: PostgresDatabaseInputs): Promise<Found> {
  const where = { container: wanted.container, user: wanted.admin, database: 'postgres' };
  return parseLook(await statements(host, operation, { ...where, input: lookScript(wanted) }));
}

async function isRunning(host: Host, { container }: PostgresDatabaseInputs): Promise<boolean> {
  const found = await unlessGone(host.docker.getContainer(container).inspect());
  return found?.State.Running === true;
}

/** What somebody has changed on the server, as a read has found it. */
function drifted({ departs }: Values): Change[] {
  return Array.isArray(departs)
    ? departs.map((path) => ({ path: [String(path)], kind: 'update', inputDiff: false }))
    : [];
}
