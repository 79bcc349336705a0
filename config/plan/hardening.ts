import type { Service } from '../schema/service.ts';
import { byCodeUnit, sortedSet } from './sort.ts';
import type { Departure } from './types.ts';

/** A switch of the hardening: when it is off, and in words. */
interface Switch {
  readonly isOff: (service: Service, uid: number) => boolean;
  /** What a service does whose switch is off. */
  readonly off: string;
  /** What a service does whose switch is on. */
  readonly on: string;
  /** How it is written to be on. */
  readonly default: string;
}

type SwitchName = Exclude<keyof Service['reasons'], 'capAdd'>;

const SWITCHES: Readonly<Record<SwitchName, Switch>> = {
  capDrop: {
    isOff: ({ capDrop }) => !capDrop.includes('ALL'),
    off: 'keeps capabilities of the engine',
    on: 'drops all capabilities',
    default: 'capDrop: [ALL]',
  },
  logging: {
    isOff: ({ logging: { driver, options } }) =>
      !['local', 'none'].includes(driver) &&
      !(driver === 'json-file' && options['max-size'] !== undefined) &&
      // What the engine keeps beside what it sends.
      !(driver === 'fluentd' && options['cache-max-size'] !== undefined),
    off: 'has a log that nothing here bounds',
    on: 'has a log of bounded size',
    default: 'driver local, or json-file with max-size',
  },
  noNewPrivileges: {
    isOff: ({ noNewPrivileges }) => !noNewPrivileges,
    off: 'may gain privileges',
    on: 'gains no privileges',
    default: 'noNewPrivileges: true',
  },
  pidsLimit: {
    isOff: ({ pidsLimit }) => pidsLimit === -1,
    off: 'may start any number of processes',
    on: 'has a limit of processes',
    default: 'a pidsLimit',
  },
  readOnly: {
    isOff: ({ readOnly }) => !readOnly,
    off: 'writes to its root file system',
    on: 'has a read-only root file system',
    default: 'readOnly: true',
  },
  swap: {
    isOff: ({ swap }) => swap !== undefined,
    off: 'may swap',
    on: 'has no swap',
    default: 'no swap',
  },
  user: {
    isOff: (_, uid) => uid === 0,
    off: 'runs as root',
    on: 'does not run as root',
    default: 'a user other than 0',
  },
};

const NAMES = Object.keys(SWITCHES) as SwitchName[];

/** A switch of a service that is off, or a reason for one, or both. */
export interface Judged extends Pick<Switch, 'off' | 'on' | 'default'> {
  /** Path below the service's reasons. */
  readonly keys: readonly string[];
  readonly isOff: boolean;
  /** Absent: none is given. */
  readonly reason?: string;
}

/** All switches of a service that are off or have a reason, sorted. `uid`: who its process runs as. */
export function judgeHardening(service: Service, uid: number): Judged[] {
  const { capAdd, ...reasons } = service.reasons;
  const switches = NAMES.map((name): Judged => {
    const { isOff, ...words } = SWITCHES[name];
    return { keys: [name], ...words, isOff: isOff(service, uid), ...given(reasons[name]) };
  });
  const capabilities = sortedSet([...service.capAdd, ...Object.keys(capAdd)]).map((name): Judged => ({
    keys: ['capAdd', name],
    off: `has capability ${name}`,
    on: `has no capability ${name}`,
    default: `no ${name} in capAdd`,
    isOff: service.capAdd.includes(name),
    ...given(capAdd[name]),
  }));
  return [...switches, ...capabilities]
    .filter(({ isOff, reason }) => isOff || reason !== undefined)
    .sort((a, b) => byCodeUnit(a.keys.join('.'), b.keys.join('.')));
}

function given(reason: string | undefined): Pick<Judged, 'reason'> {
  return reason === undefined ? {} : { reason };
}

/** In what a service departs from the hardening, and why. */
export function departures(service: Service, uid: number): Departure[] {
  return judgeHardening(service, uid).flatMap(({ keys, off, isOff, reason = '' }) =>
    isOff ? [{ name: keys.join('.'), what: off, reason }] : [],
  );
}
