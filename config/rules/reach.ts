import type { HostFacts, Issue, Plan, PlannedExternal, Unreached } from '../plan/types.ts';
import { issuePath } from '../plan/resolution.ts';
import { error } from './rule.ts';

/** What somebody else runs, and that is of no use to the services of a stack: where it was tried, from their host. */
export function checkReach(
  { externals = [], stack }: Pick<Plan, 'externals' | 'stack'>,
  { unreached = [] }: Pick<HostFacts, 'unreached'>,
): Issue[] {
  const issues = unreached.flatMap((found) => {
    const external = externals.find(({ name }) => name === found.service);
    return external ? [issueOf(external, found, stack)] : [];
  });
  // What has nothing to do with who logs in is told once, however many do.
  return issues.filter(
    ({ path, message }, at) => issues.findIndex((one) => one.path === path && one.message === message) === at,
  );
}

function issueOf(external: PlannedExternal, { cause, login, detail }: Unreached, stack: string): Issue {
  const { name, host, port, sslmode, ca } = external;
  const path = (...keys: string[]): string => issuePath('slipway', ['services', name, 'external', ...keys]);
  const there = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const user = login?.user ?? 'the default user';
  switch (cause) {
    case 'name':
      return error(
        path('host'),
        `${host} does not resolve on the Docker host: ${detail}`,
        'a name that it knows, or an address',
      );
    case 'refused':
      return error(
        path('port'),
        `nobody listens at ${there}: ${detail}`,
        `the port that "${name}" listens on, at an address that others reach`,
      );
    case 'silent':
      return error(
        path(),
        `${there} does not answer: ${detail}`,
        'a way there from the Docker host, through firewalls and security groups',
      );
    case 'stranger':
      return error(
        path('port'),
        `at ${there} there is something else: ${detail}`,
        `the port that "${name}" listens on`,
      );
    case 'plain':
      return error(
        path('sslmode'),
        `${there} speaks no TLS, and sslmode is ${sslmode}`,
        'TLS switched on there; disable where nobody else is on the network between',
      );
    case 'untrusted':
      return error(
        ca === undefined ? path('sslmode') : path('ca'),
        `the certificate of ${there} is not to be trusted: ${detail}`,
        ca === undefined
          ? 'a certificate of a public authority with that name in it, or `ca`, the authority that has signed it; require encrypts without a proof of who is there'
          : 'the authority that has signed it, as whoever runs it hands it out, and a host that it names',
      );
    case 'login':
      return error(
        issuePath('secrets', [login?.secret ?? '']),
        `${there} does not let ${user} in: ${detail}`,
        `the password that is set there: \`slipway secrets set ${login?.secret ?? ''}${stack === 'dev' ? '' : ` --stack ${stack}`}\`; and there, a user that may log in from this host`,
      );
    case 'database':
      return error(
        path(),
        `${there} has no database for ${user}: ${detail}`,
        `\`CREATE DATABASE ${login?.database ?? user} OWNER ${user}\` there`,
      );
    case 'unready':
      return error(path(), `${there} takes nobody now: ${detail}`, 'another try once it does');
    case 'untried':
      return error(
        path(),
        `whether ${there} can be reached could not be tried: ${detail}`,
        'a Docker host that can run a small container on a network of its own',
      );
    default:
      return cause satisfies never;
  }
}
