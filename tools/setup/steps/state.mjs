import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { writeAtomically } from '../files.mjs';

/**
 * Everybody knows it: what it encrypts can be thrown away. It is the passphrase of the stacks `dev` and `test` only,
 * whose settings git keeps, with the salt that belongs to it, so that nobody has to type one and no file changes.
 */
export const throwAwayPassphrase = 'slipway-throw-away';

/** @type {import('../runner.mjs').Step} */
export const state = {
  name: 'state backend',
  why: 'a folder of the project for the state of its stacks, and the passphrase of those that can be thrown away',
  done: ({ layout }) =>
    Promise.resolve(existsSync(layout.state) && existsSync(layout.passphrase) ? '.slipway/state' : undefined),
  run: ({ layout }) => {
    mkdirSync(layout.state, { recursive: true });
    chmodSync(layout.local, 0o700);
    writeAtomically(layout.passphrase, `${throwAwayPassphrase}\n`, 0o600);
    return Promise.resolve();
  },
};
