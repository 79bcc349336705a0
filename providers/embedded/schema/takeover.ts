import type { Resource, Values } from '../../rpc/index.ts';

/**
 * `resource` with what the official plugins keep in a state besides: the id, and the version of the state's format, by
 * which they can take a stack over without touching anything.
 */
export function withNotes(resource: Resource, formatVersion?: string): Resource {
  const meta = formatVersion === undefined ? {} : { __meta: JSON.stringify({ schema_version: formatVersion }) };
  const noted = (id: string, state: Values): Values => ({ ...state, ...(id !== '' && { id }), ...meta });
  return {
    ...resource,
    async create(operation, inputs) {
      const { id, state } = await resource.create(operation, inputs);
      return { id, state: noted(id, state) };
    },
    async read(operation, existing) {
      const found = await resource.read(operation, existing);
      return found && { ...found, state: noted(existing.id, found.state) };
    },
    async update(operation, args) {
      return noted(args.id, await resource.update(operation, args));
    },
  };
}
