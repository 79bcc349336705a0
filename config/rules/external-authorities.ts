import { issuePath } from '../plan/resolution.ts';
import type { Issue, Plan } from '../plan/types.ts';
import { day, ordinal, readCertificates, SOON_DAYS } from './certificate-values.ts';
import { error, warning } from './rule.ts';

const DAY_MS = 86_400_000;
const ACCEPTED = 'certificates of authorities in PEM, one or several in a row, as whoever runs it hands them out';

/**
 * Everything that is wrong at the time `now` with the authorities that what somebody else runs is verified with. Such bundles
 * hold those of years: one of several that has ended is worth a warning, and an error once none is left.
 */
export function checkExternalAuthorities({ externals = [] }: Pick<Plan, 'externals'>, now: Date): Issue[] {
  return externals.flatMap(({ name, ca }) =>
    ca === undefined ? [] : checkBundle(ca, issuePath('slipway', ['services', name, 'external', 'ca']), now),
  );
}

function checkBundle(pem: string, path: string, now: Date): Issue[] {
  const { certificates, issues } = readCertificates(pem, path, ACCEPTED);
  const isLeft = certificates.some(({ validFromDate, validToDate }) => validFromDate <= now && validToDate > now);
  const ended = isLeft ? warning : error;
  return [
    ...issues,
    ...certificates.flatMap(({ ca, validFromDate, validToDate }, at) => {
      const which = ordinal(at, certificates.length);
      if (!ca) {
        return [error(path, `${which} is no certificate of an authority`, `${ACCEPTED}; none of the server itself`)];
      }
      if (validToDate <= now) return [ended(path, `${which} expired on ${day(validToDate)}`, 'one that is valid')];
      if (validFromDate > now) {
        return [ended(path, `${which} is not valid before ${day(validFromDate)}`, 'one that is valid')];
      }
      const isSoon = validToDate.getTime() - now.getTime() < SOON_DAYS * DAY_MS;
      return isSoon ? [warning(path, `${which} expires on ${day(validToDate)}`, 'the next one beside it')] : [];
    }),
  ];
}
