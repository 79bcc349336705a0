import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { check, resolveConfig } from 'prettier';
import { refused } from '../../../cli/stack-plan.ts';
import { newStackFile } from '../../../cli/init/stack-file.ts';
import { resolvePlan, type Resolved } from '../../../config/resolve.ts';
import { EnvironmentName } from '../../../config/schema/environment.ts';
import type { SystemDescription } from '../../../config/schema/system.ts';
import { planOf } from '../config/fixture.ts';

/* The guide is followed to the letter by people: what it has them write has to be a system. */

const ROOT = join(import.meta.dirname, '..', '..', '..');
const guide = readFileSync(join(ROOT, 'docs/your-own-system.md'), 'utf8');

/** The file that the guide has a reader write at `path`. */
function fileIn(path: string): string {
  const [, text] = new RegExp(`^\`${path}\`\n\n\`\`\`\\w+\n(.*?)^\`\`\`$`, 'ms').exec(guide) ?? [];
  if (text === undefined) throw new Error(`the guide has no file ${path}`);
  return text;
}

const FILE = 'config/systems/wordcount.ts';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-guide-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What the file describes, with its imports as from the place where the guide has it. */
async function described(name: string, text: string): Promise<SystemDescription> {
  const path = join(folder, `${name}.ts`);
  writeFileSync(path, text.replaceAll("from '../", `from '${join(ROOT, 'config')}/`));
  const { wordcount } = (await import(pathToFileURL(path).href)) as { wordcount: SystemDescription };
  return wordcount;
}

function resolved(wordcount: SystemDescription, environment: EnvironmentName): Resolved {
  const values = { system: 'wordcount', environment };
  return resolvePlan({ stack: `wordcount-${environment}`, values, providedSecrets: [] }, { wordcount });
}

describe('the description in the guide', () => {
  test.each(EnvironmentName.options)('is a plan in %s, and nothing is to be said about it', async (environment) => {
    const result = resolved(await described('wordcount', fileIn(FILE)), environment);
    expect(planOf(result).services.map(({ name }) => name)).toEqual(['api', 'redis', 'worker']);
    expect(result.issues).toEqual([]);
  });

  test('is what the rest of the guide asks at: its port, its task, its secret', async () => {
    const plan = planOf(resolved(await described('wordcount', fileIn(FILE)), 'dev'));
    const published = plan.services.flatMap(({ ports }) => ports.flatMap((port) => port.published ?? []));
    expect(published).toEqual([8090]);
    expect(plan.tasks.map(({ name }) => name)).toEqual(['shell-redis']);
    expect(fileIn('../wordcount/app.py')).toContain("secret('ADMIN_TOKEN')");
    expect(newStackFile(await described('wordcount', fileIn(FILE)), { environment: 'dev', profiles: [] })).toContain(
      'slipway:system: wordcount\n',
    );
  });

  test('is written as Prettier would', async () => {
    const options = await resolveConfig(join(ROOT, FILE));
    expect(await check(fileIn(FILE), { ...options, filepath: FILE })).toBe(true);
  });
});

test('the mistakes in the guide are answered as it shows', async () => {
  const text = fileIn(FILE)
    .replace("calls: ['redis']", "calls: ['reddis']")
    .replace("secrets: { REDIS_URL: 'REDIS_URL' }", "secrets: { REDIS_URL: 'REDIS_URI' }")
    .replace('replicas: 2', 'replicas: 20');
  const wordcount = await described('mistaken', text);
  const { issues } = resolved(wordcount, 'dev');
  const { message } = await refused('wordcount-dev', issues, { wordcount });
  const shown = /^<!-- A test makes these mistakes.*?^```\n(.*?)^```$/ms.exec(guide)?.[1];
  expect(`slipway: ${message}\n`).toBe(shown);
});
