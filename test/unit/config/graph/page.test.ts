import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { check, resolveConfig } from 'prettier';
import { pageIntroduction, renderPage } from '../../../../config/graph/page.ts';
import type { Plan } from '../../../../config/plan/types.ts';
import { systems } from '../../../../config/systems/index.ts';
import { expectFile } from '../../../golden/golden.ts';
import { keptStacks } from '../../../golden/stacks.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

function planIn(system: string, environment: string): Plan {
  const found = keptStacks.find((stack) => stack.system === system && stack.environment === environment);
  if (!found) throw new Error(`${system} has no stack in ${environment}`);
  return found.plan;
}

/** The page as it should be. What a person has written in it stays: the title, and what the system is. */
function pageOf(system: string, file: string): string {
  return renderPage({
    ...pageIntroduction(readFileSync(join(ROOT, file), 'utf8')),
    origin: `Made from config/systems/${system}.ts: \`UPDATE_GOLDEN=1 npx jest test/unit/config/graph/page.test.ts\``,
    dev: planIn(system, 'dev'),
    prod: planIn(system, 'prod'),
  });
}

describe.each(Object.keys(systems))('the page about %s', (system) => {
  const file = `docs/systems/${system}.md`;

  test('is the one that its description gives', () => {
    expectFile(file, pageOf(system, file));
  });

  test('says in words what it is', () => {
    const { title, about } = pageIntroduction(pageOf(system, file));
    expect(title).not.toBe('');
    expect(about.join(' ').length).toBeGreaterThan(100);
  });

  test('is written as Prettier would', async () => {
    const options = await resolveConfig(join(ROOT, file));
    expect(await check(pageOf(system, file), { ...options, filepath: file })).toBe(true);
  });
});
