import { describe, expect, test } from '@jest/globals';
import { unpainted } from '../../../../cli/context.ts';
import { exportText, type Exported } from '../../../../cli/export/show.ts';
import { dataVolumes } from '../../../../cli/export/volumes.ts';
import { planOf, resolveShop, service, system } from '../../config/fixture.ts';

const plan = planOf(
  resolveShop(
    system(
      {
        api: service({ secrets: { KEY: 'KEY' }, ports: { http: { container: 8000, published: 8000 } } }),
        db: service({ volumes: { data: '/data' } }),
        seed: service({ kind: 'job' }),
      },
      {
        secrets: { KEY: { description: 'A key.', format: { kind: 'hex' } } },
        volumes: { data: { description: 'All there is.' } },
      },
    ),
    { stack: 'eu' },
  ),
);
const exported: Exported = {
  plan,
  folder: '/srv/my shop',
  outcome: 'written',
  contexts: ['app'],
  isAdopting: false,
  isOpen: false,
};

describe('an export ends', () => {
  test('with what is there, what to mind and how to run it', () => {
    expect(exportText(exported, unpainted).split('\n')).toEqual([
      'exported stack eu to /srv/my shop',
      '  compose.yaml  3 services, with 1 volume of its own',
      '  secrets/      1 file, in clear',
      '  images/       what app is built from',
      '',
      'mind  The folder holds secrets in clear: keep it from others, out of backups and version control.',
      'mind  It publishes ports of stack eu (8000): `slipway down --stack eu` before it runs.',
      '',
      "  run it      docker compose -f '/srv/my shop/compose.yaml' up --wait",
      "  run seed    docker compose -f '/srv/my shop/compose.yaml' run --rm seed",
      "  remove it   docker compose -f '/srv/my shop/compose.yaml' down      (with -v: its data too)",
    ]);
  });

  test.each<[string, Partial<Exported>, string]>([
    ['that nothing has changed', { outcome: 'unchanged' }, '/srv/my shop is up to date\n'],
    ['whose data it runs on', { isAdopting: true }, 'mind  It runs on the data of stack eu: never bring that up'],
    ['that files are open', { isOpen: true }, 'mind  This user can not give files to others: they are open'],
    ['where the stack is', { remote: 'tcp://h:1' }, 'mind  The stack is on tcp://h:1: copy the folder there as root'],
  ])('with %s', (_, changes, expected) => {
    expect(exportText({ ...exported, ...changes }, unpainted)).toContain(expected);
  });
});

test('data volumes are found in the state by their names in the plan', () => {
  const volume = (name: string, id: string, more: object = {}) => ({
    urn: `urn:pulumi:eu::slipway::x$docker:index/volume:Volume::${name}`,
    type: 'docker:index/volume:Volume',
    id,
    ...more,
  });
  const state = {
    exists: true,
    pending: 0,
    resources: [
      volume('shop-eu-data', 'shop-eu-data-old', { delete: true }),
      volume('shop-eu-data', 'shop-eu-data-0a1b2c3'),
      volume('shop-eu-other', 'shop-eu-other-0a1b2c3'),
    ],
  };
  expect(dataVolumes(plan, state)).toEqual(new Map([['data', 'shop-eu-data-0a1b2c3']]));
  expect(dataVolumes(plan, { ...state, resources: [] })).toEqual(new Map());
});
