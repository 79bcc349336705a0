import { SECRET_DAYS } from '../monitoring/secret-dates.ts';
import { isWatched } from '../monitoring/targets.ts';
import { issuePath } from '../plan/resolution.ts';
import { error, type Rule } from './rule.ts';

/** What a stack says about alerts stands in expressions of Prometheus, which would take none of its rules otherwise. */
export const checkMonitoring: Rule = ({ system, settings }) => {
  const days = system.parameters[SECRET_DAYS.name];
  if (!system.monitoring || !isWatched(settings.profiles) || days === undefined || /^[1-9]\d{0,4}$/.test(days))
    return [];
  const root = Object.hasOwn(settings.parameters, SECRET_DAYS.name) ? 'slipway' : system.name;
  return [
    error(
      issuePath(root, ['parameters', SECRET_DAYS.name]),
      `"${days}" is no number of days after which a secret is old`,
      `a whole number from 1 to 99999, such as ${SECRET_DAYS.value}`,
    ),
  ];
};
