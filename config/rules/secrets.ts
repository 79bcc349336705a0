import { findCycles } from '../plan/order.ts';
import { issuePath } from '../plan/resolution.ts';
import { templateFilters, templateReferences, templateSecrets } from '../plan/template.ts';
import type { Secret } from '../schema/secret.ts';
import { error, type Rule } from './rule.ts';
import { unknownName } from './suggest.ts';

/** Secrets that are set and that the system does not have. */
export const checkProvided: Rule = ({ providedSecrets, system }) =>
  providedSecrets
    .filter((name) => !Object.hasOwn(system.secrets, name))
    .map((name) => unknownName(['secrets', name], { noun: 'secret', name, known: Object.keys(system.secrets) }));

/** What templates of secrets refer to exists, and none is built from itself. */
export const checkTemplates: Rule = ({ system }) => {
  const graph = Object.fromEntries(
    Object.entries(system.secrets).map(([name, secret]) => [name, templateSecrets(templateOf(secret))]),
  );
  return [
    ...Object.entries(system.secrets).flatMap(([name, secret]) =>
      templateReferences(templateOf(secret)).flatMap((reference) => {
        const path = [system.name, 'secrets', name, 'format', 'template'] as const;
        if (!Object.hasOwn(system.secrets, reference.secret)) {
          return [unknownName(path, { noun: 'secret', name: reference.secret, known: Object.keys(system.secrets) })];
        }
        const { filter } = reference;
        return filter === undefined || templateFilters.includes(filter)
          ? []
          : [unknownName(path, { noun: 'filter', name: filter, known: templateFilters })];
      }),
    ),
    ...findCycles(graph).map((cycle) =>
      error(issuePath(system.name, ['secrets', cycle[0] ?? '']), `is built from itself: ${cycle.join(' → ')}`),
    ),
  ];
};

function templateOf({ format }: Secret): string {
  return format.kind === 'template' ? format.template : '';
}

/** No variable in clear stands in for a secret that the service gets as a file. */
export const checkClearText: Rule = ({ system, settings }) =>
  Object.entries(system.services).flatMap(([name, service]) =>
    Object.entries(service.secrets).flatMap(([file, { secret }]) => {
      const clash = [file, `${file}_FILE`].filter((variable) => Object.hasOwn(service.environment, variable));
      return clash.map((variable) => {
        const isSet = variable in (settings.services[name]?.env ?? {});
        const path = isSet
          ? issuePath('slipway', ['services', name, 'env', variable])
          : issuePath(system.name, ['services', name, 'environment', variable]);
        return error(
          path,
          `"${name}" gets ${file} as a secret file; a variable would show its value to whoever may inspect the container`,
          `\`pulumi config set --secret secrets:${secret}\``,
        );
      });
    }),
  );
