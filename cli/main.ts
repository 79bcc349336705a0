import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context } from './context.ts';
import { run } from './program.ts';

const context: Context = {
  projectDir: dirname(dirname(fileURLToPath(import.meta.url))),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
};
process.exitCode = await run(process.argv.slice(2), context);
