import { describe, expect, test } from '@jest/globals';
import { unpainted, type Context } from '../../../../cli/context.ts';
import { EXIT } from '../../../../cli/exit-codes.ts';
import { askBeforeLoss, checkCanAsk, lossQuestion } from '../../../../cli/tasks/ask.ts';
import { findSeed, findTask, withFollowing } from '../../../../cli/tasks/find.ts';
import { tasksText } from '../../../../cli/tasks/show.ts';
import type { PlannedTask } from '../../../../config/plan/types.ts';
import { converse } from '../conversation.ts';

const seed: PlannedTask = {
  name: 'seed',
  description: 'Writes examples.',
  service: 'api',
  command: ['seed'],
  destructive: false,
  interactive: false,
};
const reset: PlannedTask = { ...seed, name: 'reset', description: 'Drops all rows.', destructive: true };
const plan = { system: 'shop', environment: 'dev', stack: 'mine', tasks: [reset, seed] } as const;
const prod = { ...plan, environment: 'prod' } as const;

describe('findTask', () => {
  test('finds by name', () => {
    expect(findTask(plan, 'seed')).toBe(seed);
  });

  test.each([
    ['sed', plan.tasks, 'shop has no task "sed"; did you mean "seed"? known: reset, seed'],
    ['quite-another', plan.tasks, 'shop has no task "quite-another"; known: reset, seed'],
    ['seed', [], 'shop has no task "seed"; there are none'],
  ])('refuses %s with those there are', (name, tasks, message) => {
    expect(() => findTask({ ...plan, tasks }, name)).toThrow(
      expect.objectContaining({ exitCode: EXIT.usage, message }),
    );
  });
});

describe('findSeed', () => {
  test('finds the task of that name', () => {
    expect(findSeed(plan)).toBe(seed);
  });

  test.each([
    [[reset], 'shop has nothing to seed with: what writes its examples would be a task called "seed"'],
    [
      [reset, { ...seed, name: 'seed-shop' }],
      'shop has nothing to seed with: what writes its examples would be a task called "seed"; there are seed-shop (`slipway run`)',
    ],
  ])('says that there is none among %j', (tasks, message) => {
    expect(() => findSeed({ ...plan, tasks })).toThrow(expect.objectContaining({ exitCode: EXIT.usage, message }));
  });
});

describe('withFollowing', () => {
  const pages = { ...seed, name: 'seed-pages' };
  const all = { ...seed, then: ['seed-pages'] };
  const tasks = [reset, all, pages];

  test('gives a task alone, with whatever arguments, or those that follow it after it', () => {
    expect(withFollowing({ tasks }, reset, ['--hard'])).toEqual([reset]);
    expect(withFollowing({ tasks }, all, [])).toEqual([all, pages]);
  });

  test('takes no arguments for several', () => {
    const message = 'seed runs seed, seed-pages, and takes no further arguments';
    expect(() => withFollowing({ tasks }, all, ['-v'])).toThrow(
      expect.objectContaining({ exitCode: EXIT.usage, message }),
    );
  });
});

describe('tasksText', () => {
  test('is a table and how to run one', () => {
    expect(tasksText(plan, unpainted).split('\n')).toEqual([
      'TASK   SERVICE  DESTROYS DATA  WHAT IT DOES',
      'reset  api      yes            Drops all rows.',
      'seed   api      -              Writes examples.',
      '',
      'run one: slipway run --stack mine <task>',
    ]);
  });

  test('says so where there are none', () => {
    expect(tasksText({ ...plan, tasks: [] }, unpainted)).toBe('shop declares no tasks');
  });
});

describe('a destructive task', () => {
  const question = 'reset on shop in dev (stack mine) DESTROYS DATA: Drops all rows.';
  const nobody = { stdin: {}, stderr: {} } as unknown as Context;

  test('is described by what will be lost', () => {
    expect(lossQuestion(plan, reset)).toBe(question);
  });

  test('is refused where nobody can be asked, unless somebody has said yes beforehand', () => {
    expect(() => {
      checkCanAsk(nobody, reset, false);
    }).toThrow(
      expect.objectContaining({
        exitCode: EXIT.usage,
        message: 'reset destroys data: without a terminal to ask on it needs --yes; nothing was touched',
      }),
    );
    checkCanAsk(nobody, reset, true);
    checkCanAsk(nobody, seed, false);
  });

  test.each<[string, typeof plan | typeof prod, string, string | undefined]>([
    ['a yes', plan, 'y\r', undefined],
    ['a no', plan, 'n\r', 'not confirmed; nothing was touched'],
    ['nothing', plan, '\r', 'not confirmed; nothing was touched'],
    ['the end of the input', plan, '\u0004', 'not confirmed; nothing was touched'],
    ['Ctrl-C', plan, '\u0003', 'interrupted; nothing was touched'],
    ['the name of the stack, in prod', prod, 'mine\r', undefined],
    ['a mere yes, in prod', prod, 'y\r', 'not confirmed; nothing was touched'],
  ])('takes %s for what it is', async (_, about, typed, refusal) => {
    const { context, asked } = converse(typed);
    const answer = await askBeforeLoss(context, about, reset, false).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    expect(answer).toBe(refusal);
    expect(asked()).toContain('Drops all rows.');
  });

  test('asks nothing where somebody has said yes beforehand, and a harmless one never does', async () => {
    const { context, asked } = converse('');
    await askBeforeLoss(context, prod, reset, true);
    await askBeforeLoss(context, prod, seed, false);
    expect(asked()).toBe('');
  });
});
