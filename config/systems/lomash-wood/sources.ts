import type { Overlay, SystemInput } from '../../schema/system.ts';
import { withSecrets } from '../secret-environment.ts';
import { catalogue, migrationOf } from './catalogue.ts';

type Sources = NonNullable<SystemInput['sources']>;

/** Where the images have the code: the whole workspace, in the stage that developers run. */
const CODE = '/app';

/** nodeuser of the original's base image. */
const NODE_USER = { uid: 1001, gid: 1001 };

const entrypoint = withSecrets();

function health(port: number): { test: ['CMD', string, ...string[]] } {
  return { test: ['CMD', 'curl', '-fsS', '-o', '/dev/null', `http://127.0.0.1:${port}/health`] };
}

/** One of the original's Dockerfiles; the folder is that of the workspace, for each of them. */
function source(name: string, port: number): Sources[string] {
  return {
    description: `The workspace, of which ${name} is built.`,
    dockerfile: `infra/docker/${name}.Dockerfile`,
    ...NODE_USER,
    services: {
      [name]: { changes: { entrypoint, command: ['node', 'dist/main.js'], healthcheck: health(port) } },
      ...(Object.hasOwn(catalogue, name) && {
        [migrationOf(name)]: {
          changes: {
            entrypoint,
            command: ['node_modules/.bin/prisma', 'migrate', 'deploy', '--schema', 'prisma/schema.prisma'],
            environment: { HOME: '/tmp' },
          },
        },
      }),
    },
    // The system's own speaks to the reference workload.
    smoke: null,
  };
}

const GATEWAY = ['api-gateway', 3000] as const;

/** The applications of the guide, for a stack that has the folder of their workspace. */
export const sources: Sources = Object.fromEntries(
  [...Object.entries(catalogue).map(([name, { port }]) => [name, port] as const), GATEWAY].map(([name, port]) => [
    name,
    source(name, port),
  ]),
);

/** What is different for developers: the workspace is mounted, and whatever changes in it is loaded anew. */
export const developedSources: Overlay<Sources> = Object.fromEntries(
  [
    ...Object.entries(catalogue).map(([name, { debugPort }]) => [name, debugPort] as const),
    ['api-gateway', 9229] as const,
  ].map(([name, debugPort]) => {
    const folder = name === 'api-gateway' ? name : `services/${name}`;
    return [
      name,
      {
        target: 'builder',
        mount: CODE,
        rebuildOn: [
          'pnpm-lock.yaml',
          `${folder}/package.json`,
          ...(name === 'api-gateway' ? [] : [`${folder}/prisma`]),
        ],
        services: {
          [name]: {
            changes: {
              command: [
                'pnpm',
                '--filter',
                name,
                'exec',
                'tsx',
                'watch',
                `--inspect=0.0.0.0:${debugPort}`,
                'src/main.ts',
              ],
              // That stage has pnpm, and no curl.
              healthcheck: {
                test: ['CMD', 'wget', '-q', '--spider', `http://127.0.0.1:${sourcePort(name)}/health`],
              },
              environment: { HOME: '/tmp' },
            },
          },
          ...(name !== 'api-gateway' && {
            [migrationOf(name)]: {
              changes: { command: ['pnpm', '--filter', name, 'exec', 'prisma', 'migrate', 'deploy'] },
            },
          }),
        },
      },
    ];
  }),
);

function sourcePort(name: string): number {
  return catalogue[name]?.port ?? GATEWAY[1];
}
