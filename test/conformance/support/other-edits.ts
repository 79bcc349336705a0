import type { Edit } from './container-edits.ts';

const NEW_FIRST = 'replace, new one first';
const OLD_FIRST = 'replace, old one first';

const label = (value: string) => ({ labels: [{ label: 'a', value }] });

/** Edits of networks, volumes and images; `prefix` starts names that have to be given, `image` is one that may go. */
export function otherEdits(prefix: string, image: string): readonly Edit[] {
  return [
    { title: 'Network labels', type: 'Network', before: label('1'), after: label('2'), effect: NEW_FIRST },
    {
      title: 'Network labels under a given name',
      type: 'Network',
      before: { name: `${prefix}-net`, ...label('1') },
      after: { name: `${prefix}-net`, ...label('2') },
      effect: OLD_FIRST,
      real: [['Labels', { a: '2' }]],
    },
    {
      title: 'Network internal',
      type: 'Network',
      before: {},
      after: { internal: true },
      effect: NEW_FIRST,
      real: [['Internal', true]],
    },
    {
      title: 'Network attachable',
      type: 'Network',
      before: {},
      after: { attachable: true },
      effect: NEW_FIRST,
      real: [['Attachable', true]],
    },
    {
      title: 'Network ipamConfigs',
      type: 'Network',
      before: { driver: 'bridge', ipamConfigs: [{ subnet: '10.254.251.0/28' }] },
      after: { driver: 'bridge', ipamConfigs: [{ subnet: '10.254.251.16/28', gateway: '10.254.251.20' }] },
      effect: NEW_FIRST,
      real: [['IPAM.Config', [{ Subnet: '10.254.251.16/28', Gateway: '10.254.251.20' }]]],
    },
    {
      title: 'Network options',
      type: 'Network',
      before: {},
      after: { options: { 'com.docker.network.bridge.enable_icc': 'false' } },
      effect: NEW_FIRST,
      real: [['Options', { 'com.docker.network.bridge.enable_icc': 'false' }]],
    },
    { title: 'Network labels left out again', type: 'Network', before: label('1'), after: {}, effect: NEW_FIRST },
    { title: 'Volume labels', type: 'Volume', before: label('1'), after: label('2'), effect: NEW_FIRST },
    {
      title: 'Volume labels under a given name',
      type: 'Volume',
      before: { name: `${prefix}-volume`, ...label('1') },
      after: { name: `${prefix}-volume`, ...label('2') },
      effect: OLD_FIRST,
      real: [['Labels', { a: '2' }]],
    },
    {
      title: 'Volume driverOpts',
      type: 'Volume',
      before: { driver: 'local' },
      after: { driver: 'local', driverOpts: { type: 'tmpfs', device: 'tmpfs' } },
      effect: NEW_FIRST,
      real: [['Options', { type: 'tmpfs', device: 'tmpfs' }]],
    },
    {
      title: 'RemoteImage name',
      type: 'RemoteImage',
      before: { name: `${image}:1`, keepLocally: true },
      after: { name: `${image}:2`, keepLocally: true },
      effect: NEW_FIRST,
    },
    {
      title: 'RemoteImage triggers',
      type: 'RemoteImage',
      before: { name: `${image}:1`, keepLocally: true, triggers: { a: '1' } },
      after: { name: `${image}:1`, keepLocally: true, triggers: { a: '2' } },
      effect: NEW_FIRST,
    },
    {
      title: 'RemoteImage pullTriggers',
      type: 'RemoteImage',
      before: { name: `${image}:1`, keepLocally: true, pullTriggers: ['1'] },
      after: { name: `${image}:1`, keepLocally: true, pullTriggers: ['2'] },
      effect: NEW_FIRST,
    },
    {
      title: 'RemoteImage keepLocally',
      type: 'RemoteImage',
      before: { name: `${image}:3`, keepLocally: true },
      after: { name: `${image}:3`, keepLocally: false },
      effect: 'update',
    },
  ];
}
