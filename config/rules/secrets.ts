import { findCycles } from '../plan/order.ts';
import { issuePath } from '../plan/resolution.ts';
import { missingSecrets } from '../plan/secrets.ts';
import { templateFilters, templateReferences, templateSecrets } from '../plan/template.ts';
import type { Secret } from '../schema/secret.ts';
import { error, type Rule, warning } from './rule.ts';
import { unknownName } from './suggest.ts';

/** Secrets that are set and that the system does not have. */
export const checkProvided: Rule = ({ providedSecrets, system }) =>
  providedSecrets
    .filter((name) => !Object.hasOwn(system.secrets, name))
    .map((name) => unknownName(['secrets', name], { noun: 'secret', name, known: Object.keys(system.secrets) }));

/** Whoever reads the configuration, or its history, has what stands in it in clear: nothing that production is to rest on. */
export const checkClearSecrets: Rule = ({ clearSecrets = [], environment, stack, system, acceptsMissingSecrets }) => {
  if (acceptsMissingSecrets === true) return []; // A command asks that can put it right.
  const judge = environment === 'prod' ? error : warning;
  return clearSecrets
    .filter((name) => Object.hasOwn(system.secrets, name))
    .map((name) => judge(issuePath('secrets', [name]), 'stands in clear in the configuration', setting(name, stack)));
};

/** A third party's secret that is not set is missed by every service that runs and gets it, or something made of it. */
export const checkMissing: Rule = ({ stack, system, active, providedSecrets, acceptsMissingSecrets = false }) => {
  if (acceptsMissingSecrets) return [];
  const missing = missingSecrets(system.secrets, providedSecrets);
  return missing.flatMap((name) => {
    if (system.secrets[name]?.provided !== true) return [];
    const makes = (use: string, seen: readonly string[] = []): boolean =>
      use === name ||
      (missing.includes(use) &&
        !seen.includes(use) &&
        templateSecrets(templateOf(system.secrets[use])).some((part) => makes(part, [...seen, use])));
    const readers = Object.entries(active)
      .filter(([, { secrets }]) => Object.values(secrets).some(({ secret }) => makes(secret)))
      .map(([service]) => service)
      .sort();
    const message = `has no value, and none is generated for it; ${readers.join(', ')} ${readers.length === 1 ? 'gets' : 'get'} it`;
    return readers.length === 0 ? [] : [error(issuePath('secrets', [name]), message, setting(name, stack))];
  });
};

/** What sets a secret. */
function setting(name: string, stack: string): string {
  return `\`slipway secrets set ${name}${stack === 'dev' ? '' : ` --stack ${stack}`}\``;
}

/** The database that a changed password is applied in exists, is one, and can be told of it. */
export const checkRotation: Rule = ({ system }) =>
  Object.entries(system.secrets).flatMap(([name, { rotation, format }]) => {
    if (!rotation) return [];
    const { service } = rotation.postgresRole;
    const keys = ['secrets', name, 'rotation', 'postgresRole', 'service'];
    const found = system.services[service];
    if (!found) {
      return [
        unknownName([system.name, ...keys], { noun: 'service', name: service, known: Object.keys(system.services) }),
      ];
    }
    const path = issuePath(system.name, keys);
    return [
      ...(found.singleton
        ? []
        : [error(path, `"${service}" may have several replicas`, 'a service that is a singleton')]),
      ...(format.kind === 'template'
        ? [error(path, 'a secret that is built from others changes with them', 'rotation of what it is built from')]
        : []),
    ];
  });

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

function templateOf(secret: Secret | undefined): string {
  return secret?.format.kind === 'template' ? secret.format.template : '';
}

/** No variable in clear stands in for a secret that the service gets as a file. */
export const checkClearText: Rule = ({ system, settings }) =>
  Object.entries(system.services).flatMap(([name, service]) =>
    Object.entries(service.secrets).flatMap(([file, { secret, deliver }]) => {
      if (deliver !== 'file') return []; // Of variables secret-delivery.ts tells.
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
