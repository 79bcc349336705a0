import { describe, test } from '@jest/globals';
import { renderPlan } from '../../config/plan/render.ts';
import { planOf, resolveShop, service, system } from '../unit/config/fixture.ts';
import { expectFile } from './golden.ts';

/** A database that is asked over TLS, by a client that has a certificate too. */
const SHOP = system(
  {
    db: service({ singleton: true, secrets: { TLS_CERT: 'DB_CERT', TLS_KEY: 'DB_KEY', CA: 'CA' } }),
    api: service({ calls: ['db'], secrets: { CLIENT_CERT: 'API_CERT', CLIENT_KEY: 'API_KEY', CA: 'CA' } }),
  },
  {
    parameters: { domain: 'shop.example' },
    certificates: {
      db: { description: 'Shown by the database to whoever connects.', names: ['db', 'localhost', 'db.${domain}'] },
      api: {
        description: 'Shown by the API to the database.',
        names: ['api'],
        usage: 'client',
        validityDays: 90,
        renewalDays: 14,
      },
    },
    secrets: {
      CA: { description: 'Verifies what the stack signs.', format: { kind: 'ca-certificate' } },
      DB_CERT: { description: 'Who the database is.', format: { kind: 'certificate', certificate: 'db' } },
      DB_KEY: { description: 'Proves that.', format: { kind: 'private-key', certificate: 'db' } },
      API_CERT: { description: 'Who the API is.', format: { kind: 'certificate', certificate: 'api' } },
      API_KEY: { description: 'Proves that.', format: { kind: 'private-key', certificate: 'api' } },
    },
  },
);

/* Of a small system only what is about them: the rest of a plan has a golden file of its own. */
describe('what a plan says of certificates is the committed text', () => {
  const plan = planOf(resolveShop(SHOP, { stack: 'prod', values: { environment: 'prod' } }));

  test('as text', () => {
    const text = renderPlan(plan);
    expectFile('test/golden/certificates.txt', text.slice(text.indexOf('\nsecrets\n') + 1));
  });

  test('as JSON', () => {
    const { secrets, certificates } = plan;
    expectFile('test/golden/certificates.json', `${JSON.stringify({ secrets, certificates }, undefined, 2)}\n`);
  });
});
