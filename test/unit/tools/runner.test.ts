import { describe, expect, it } from '@jest/globals';
import { SetupError } from '../../../tools/setup/errors.mjs';
import { layoutOf } from '../../../tools/setup/layout.mjs';
import { ensure, renderError } from '../../../tools/setup/runner.mjs';
import type { Console, Step } from '../../../tools/setup/runner.mjs';

const base = { layout: layoutOf('/project', {}), env: {} };

function recorder(): { lines: string[]; out: Console } {
  const lines: string[] = [];
  return {
    lines,
    out: {
      line: (line) => lines.push(line),
      begin: () => ({ report: () => undefined, tell: (line) => lines.push(line), end: () => 1.23 }),
    },
  };
}

function step(name: string, isDone: boolean, run: () => void = () => undefined): Step {
  let done = isDone;
  return {
    name,
    why: `why ${name}`,
    done: () => Promise.resolve(done ? 'there' : undefined),
    run: () => {
      run();
      done = true;
      return Promise.resolve();
    },
  };
}

describe('ensure', () => {
  it('says nothing and checks nothing further when everything is there', async () => {
    const { lines, out } = recorder();
    const preflight = () => Promise.reject(new Error('not to be called'));
    await ensure([step('a', true), step('b', true)], base, out, preflight);
    expect(lines).toEqual([]);
  });

  it('runs only what is missing, and says what it does and why', async () => {
    const { lines, out } = recorder();
    await ensure([step('a', true), step('b', false)], base, out, () => Promise.resolve());
    expect(lines).toEqual(['✓ a (there)', '→ b: why b', '✓ b (there, 1.2 s)']);
  });

  it('changes nothing when the machine is refused', async () => {
    const ran: string[] = [];
    const seen: string[] = [];
    const steps = [step('a', false, () => ran.push('a')), step('b', true), step('c', false, () => ran.push('c'))];
    const preflight = (missing: readonly Step[]) => {
      seen.push(...missing.map(({ name }) => name));
      return Promise.reject(new SetupError('no'));
    };
    await expect(ensure(steps, base, recorder().out, preflight)).rejects.toThrow('no');
    expect(ran).toEqual([]);
    expect(seen).toEqual(['a', 'c']);
  });

  it('stops at the step that failed and names it', async () => {
    const ran: string[] = [];
    const failing = step('b', false, () => {
      throw new SetupError('broke', { remedy: 'mend it', lines: ['last words'] });
    });
    const steps = [failing, step('c', false, () => ran.push('c'))];
    const failure = ensure(steps, base, recorder().out, () => Promise.resolve());
    await expect(failure).rejects.toMatchObject({ message: 'b: broke', remedy: 'mend it', lines: ['last words'] });
    expect(ran).toEqual([]);
  });

  it('does not take a step at its word', async () => {
    const idle: Step = { ...step('a', false), run: () => Promise.resolve() };
    await expect(ensure([idle], base, recorder().out, () => Promise.resolve())).rejects.toThrow('yet it is not there');
  });
});

describe('renderError', () => {
  it('shows what happened, the last lines and the remedy', () => {
    const error = new SetupError('b: broke', { remedy: 'mend it', lines: ['one', 'two'] });
    expect(renderError(error)).toBe('✗ b: broke\n    │ one\n    │ two\n  → mend it');
  });
});
