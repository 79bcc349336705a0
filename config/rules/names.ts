import { replicaBounds } from '../plan/defaults.ts';
import { longestContainerName } from '../plan/names.ts';
import { byCodeUnit } from '../plan/sort.ts';
import { error, type Rule } from './rule.ts';

/** A label of a host name has at most so many characters, and containers find each other by host names. */
const LONGEST_LABEL = 63;

/** Names of containers are host names too. Services whose profile is off count: one day it is turned on. */
export const checkNames: Rule = ({ stack, prefix, system }) => {
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(stack)) {
    return [
      error(
        'stack',
        `"${stack}" can't be part of a host name`,
        'a name of lower-case letters, digits and hyphens that begins and ends with a letter or digit',
      ),
    ];
  }
  const [longest = ''] = Object.entries(system.services)
    .map(([name, service]) => longestContainerName(prefix, name, replicaBounds(service).max))
    .sort((a, b) => b.length - a.length || byCodeUnit(a, b));
  const excess = longest.length - LONGEST_LABEL;
  if (excess <= 0) return [];
  return [
    error(
      'stack',
      `a container would be called ${longest}: ${longest.length} characters, and host names end at ${LONGEST_LABEL}`,
      `a name of the stack that is ${excess} ${excess === 1 ? 'character' : 'characters'} shorter than "${stack}"`,
    ),
  ];
};
