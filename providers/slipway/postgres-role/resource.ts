import { diffValues, failures, type Resource, type Values } from '../../rpc/index.ts';
import type { Host } from '../host/host.ts';
import { applyPassword } from './apply.ts';
import { PostgresRoleInputs } from './schema.ts';

/**
 * The password of a role in a running PostgreSQL. Set when it changes, and whenever the container is another: that may
 * stand on other data. Updated in place; a failure leaves the state as it was, so that the next `up` sets it again.
 */
export function postgresRoleResource(host: Host): Resource {
  return {
    token: 'slipway:index:PostgresRole',
    check: ({ inputs }) => ({ inputs, failures: failures(PostgresRoleInputs, inputs) }),
    diff: ({ olds, news }) => ({ changes: diffValues(olds, news) }),
    async create(operation, inputs) {
      if (operation.preview) return { id: '', state: stateOf(inputs) };
      const role = PostgresRoleInputs.parse(inputs);
      await applyPassword(host, operation, role);
      return { id: `${role.service}/${role.role}`, state: stateOf(inputs) };
    },
    async update(operation, { news }) {
      if (!operation.preview) await applyPassword(host, operation, PostgresRoleInputs.parse(news));
      return stateOf(news);
    },
    // What the database has can't be read back: it stores no password.
    read: (_, { state, inputs }) => Promise.resolve({ state, inputs }),
    // The role stays with its data.
    delete: () => Promise.resolve(),
  };
}

/** The password stays with the inputs: once in the state is enough for a secret. */
function stateOf({ password: _, ...rest }: Values): Values {
  return rest;
}
