import { projectFolder } from '../../../tools/setup/layout.mjs';

/**
 * A program for a scratch project: the component of a system, on what the test gives as `system.json`: `plan`, `values` of
 * the secrets that are set, address of the `host`, replicas that are `running`.
 */
export const SYSTEM_PROGRAM = `
import { readFileSync } from 'node:fs';
import * as pulumi from '@pulumi/pulumi';
import { dockerHost } from '${projectFolder}/components/engines/docker-host/engine.ts';
import { System } from '${projectFolder}/components/system.ts';

const { plan, values, host, running } = JSON.parse(readFileSync('system.json', 'utf8'));
const { instance, urls } = new System(plan.system, {
  plan,
  running: new Set(running),
  provided: (name) => pulumi.secret(values[name]),
  engine: dockerHost({ host, project: '/', contexts: new Map(), machineBuildArgs: {} }),
  note: { by: 'the test' },
  version: '0.0.0',
});
export { instance, urls };
`;
