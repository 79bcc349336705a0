import { issuePath } from '../plan/resolution.ts';
import { error, type Rule } from './rule.ts';

/** What keeps a rollback from going back stands where it means something: at jobs, and at secrets with values of their own. */
export const checkReleases: Rule = ({ system }) => [
  ...Object.entries(system.services).flatMap(([name, { kind, irreversible }]) =>
    irreversible === true && kind !== 'job'
      ? [error(issuePath(system.name, ['services', name, 'irreversible']), 'it is no job', 'a service of kind job')]
      : [],
  ),
  ...Object.entries(system.secrets).flatMap(([name, { revokes, format }]) =>
    revokes === true && format.kind === 'template'
      ? [
          error(
            issuePath(system.name, ['secrets', name, 'revokes']),
            'a secret that is built from others changes with them',
            'revokes of what it is built from',
          ),
        ]
      : [],
  ),
];
