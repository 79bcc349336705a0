import { expect, test } from '@jest/globals';
import { check, resolveConfig } from 'prettier';
import { renderPage } from '../../../../config/graph/page.ts';
import { expectFile } from '../../../golden/golden.ts';
import { planOf, resolveLinkflow } from '../fixture.ts';

const FILE = 'docs/systems/linkflow.md';

const page = renderPage({
  title: 'LinkFlow',
  about: [
    'A Laravel API and a Go engine that execute workflows, on PostgreSQL and Redis. An execution is accepted by `api` and',
    'waits in Redis until `queue` hands it to `frontend`, the gateway of the engine. `history` records what happens to it',
    'and drives it, `matching` holds its tasks until a `worker` takes them, and the worker reports the result to `api`.',
  ],
  origin: 'Made from config/systems/linkflow.ts: `UPDATE_GOLDEN=1 npx jest test/unit/config/graph/page.test.ts`',
  dev: planOf(
    resolveLinkflow({
      values: { environment: 'dev', profiles: ['control', 'edge', 'migrate', 'production', 'scheduler'] },
    }),
  ),
  prod: planOf(
    resolveLinkflow({ stack: 'prod', values: { environment: 'prod', profiles: ['control', 'edge', 'migrate'] } }),
  ),
});

test('the page about LinkFlow is the one that its description gives', () => {
  expectFile(FILE, page);
});

test('the page is written as Prettier would', async () => {
  expect(await check(page, { ...(await resolveConfig(FILE)), filepath: FILE })).toBe(true);
});
