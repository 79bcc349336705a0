import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { check, resolveConfig } from 'prettier';
import { pageIntroduction, renderPage } from '../../../../config/graph/page.ts';
import { systems } from '../../../../config/systems/index.ts';
import { expectFile } from '../../../golden/golden.ts';
import { keptStacks } from '../../../golden/stacks.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

describe.each(Object.keys(systems))('the page about %s', (system) => {
  const file = `docs/systems/${system}.md`;
  const planIn = (wanted: string) => {
    const found = keptStacks.find((stack) => stack.system === system && stack.environment === wanted);
    if (!found) throw new Error(`${system} has no stack in ${wanted}`);
    return found.plan;
  };
  const page = renderPage({
    // What a person has written stays: the title, and what the system is.
    ...pageIntroduction(readFileSync(join(ROOT, file), 'utf8')),
    origin: `Made from config/systems/${system}.ts: \`UPDATE_GOLDEN=1 npx jest test/unit/config/graph/page.test.ts\``,
    dev: planIn('dev'),
    prod: planIn('prod'),
  });

  test('is the one that its description gives', () => {
    expectFile(file, page);
  });

  test('says in words what it is', () => {
    const { title, about } = pageIntroduction(page);
    expect(title).not.toBe('');
    expect(about.join(' ').length).toBeGreaterThan(100);
  });

  test('is written as Prettier would', async () => {
    expect(await check(page, { ...(await resolveConfig(join(ROOT, file))), filepath: file })).toBe(true);
  });
});
