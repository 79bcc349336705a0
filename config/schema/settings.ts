import { z } from 'zod';
import { parseCidr } from '../plan/cidr.ts';
import { Bytes } from './bytes.ts';
import { Environment, EnvironmentName } from './environment.ts';
import { External } from './external.ts';
import { ImageReference } from './image.ts';
import { UserId } from './name.ts';
import { PublishedPort } from './port.ts';
import { Cpus } from './resources.ts';
import { RolloutSettings } from './rollout.ts';
import { Replicas } from './service.ts';

/** Pool that networks take their subnets from: outside the ranges that Docker itself hands out. */
const DEFAULT_POOL = '10.213.0.0/16';

/** What a stack changes in one service. */
export const ServiceSettings = z
  .strictObject({
    replicas: Replicas.optional().meta({
      description: 'How many replicas run.',
      fallback: 'what the system says for the environment',
    }),
    image: ImageReference.optional().meta({
      description: 'Image of this service alone: one of the images of the system, or a reference.',
      fallback: 'what the system says',
    }),
    memory: Bytes.optional().meta({
      description: 'Most memory that each replica may use.',
      fallback: 'what the system says for the environment; dev and test have no limits',
    }),
    cpus: Cpus.optional().meta({
      description: 'Most CPU that each replica may use, in cores.',
      fallback: 'what the system says for the environment; dev and test have no limits',
    }),
    rollout: RolloutSettings.optional().meta({
      description: 'How new containers take over from old ones.',
      fallback: 'what the system says',
      example: '{ parallelism: 2, minReady: 10s }',
    }),
    env: Environment.optional().meta({
      description: 'Environment variables, on top of those of the system; never a secret.',
    }),
    external: z
      .union([z.literal(false), z.literal('false').transform(() => false as const), External])
      .optional()
      .meta({
        description:
          'Where it is reached, if somebody else runs it: then it has no container and no volume here, and its password ' +
          'is never generated. False: it runs here, where the system says otherwise.',
        accepted: 'a map of host, port, sslmode, ca, secret, or false',
        fallback: 'what the system says for the environment',
        example: '{ host: db.example.com, sslmode: require }',
      }),
  })
  .meta({ accepted: 'a map of replicas, image, memory, cpus, rollout, env, external' });
export type ServiceSettings = z.output<typeof ServiceSettings>;

/** An image of the system, taken from a registry. */
export const ImageSettings = z
  .union([
    ImageReference.transform((reference) => ({ reference })),
    z.strictObject({
      reference: ImageReference.meta({ description: 'Name of the image in its registry.' }),
      uid: UserId.optional().meta({ description: 'User that its process runs as.' }),
      gid: UserId.optional().meta({ description: 'Group that its process runs as.' }),
    }),
  ])
  .meta({ accepted: 'an image reference such as postgres:16-alpine, or {reference, uid, gid}' });
export type ImageSettings = z.output<typeof ImageSettings>;

/** Published ports of one service: one setting for its only port, or one for each port by name or number. */
export const PortSettings = z
  .union([
    PublishedPort.transform((only) => ({ only })),
    z.record(z.string(), PublishedPort).transform((each) => ({ each })),
  ])
  .meta({
    accepted: 'a port such as 18000, "0.0.0.0:18000", free, false, or a map of them by the name of the port',
  });
export type PortSettings = z.output<typeof PortSettings>;

/** The configuration of one stack: the namespace `slipway` in `Pulumi.<stack>.yaml`. */
export const Settings = z.strictObject({
  system: z.string().optional().meta({
    description: 'The system that the stack runs.',
    accepted: 'the name of a system',
    example: 'linkflow',
  }),
  environment: EnvironmentName.optional().meta({
    description: 'Which environment of the system it is.',
    fallback: 'the name of the stack, if it is dev, test or prod',
    example: 'dev',
  }),
  profiles: z.array(z.string()).default([]).meta({
    description: 'Profiles that are on. A service that names profiles runs only if one of them is.',
    accepted: 'a list of profiles such as [migrate]',
    example: '[migrate]',
  }),
  variants: z.array(z.string()).default([]).meta({
    description: 'Variants of the system that the stack takes, laid over its environment in this order.',
    accepted: 'a list of variants such as [redis-tls]',
    example: '[redis-tls]',
  }),
  services: z.record(z.string(), ServiceSettings).default({}).meta({
    description: 'What the stack changes in services, by name.',
    accepted: 'a map of services',
  }),
  images: z
    .record(z.string(), ImageSettings)
    .default({})
    .meta({
      description:
        'Images of the system that are taken from a registry instead, by name. Where uid and gid are left out, those of ' +
        'the well-known official image hold, or else those of the image that is replaced.',
      accepted: 'a map of images',
      example: '{ postgres: "postgres:16-alpine" }',
    }),
  ports: z
    .record(z.string(), PortSettings)
    .default({})
    .meta({
      description:
        'Published ports, by service, then by name or number of the port inside the container; for a service with a ' +
        'single port the port alone will do. They bind to 127.0.0.1 unless an address is given. `free` is a port that is ' +
        'free on the host when the stack is first brought up, and is kept from then on.',
      accepted: 'a map of services',
      example: '{ api: { http: 18000 }, postgres: 15432, redis: false }',
    }),
  parameters: z
    .record(
      z.string(),
      z
        .union([z.string(), z.number(), z.boolean()])
        .transform(String)
        .meta({ accepted: 'text, a number, true or false' }),
    )
    .default({})
    .meta({
      description: 'Parameters of the system that the stack has other values for, by name; never a secret.',
      accepted: 'a map of parameters',
      example: '{ apiHost: api.example.com }',
    }),
  sources: z
    .record(z.string(), z.string().trim().min(1).meta({ accepted: 'the path of a folder' }))
    .default({})
    .meta({
      description:
        'Folders with sources of your own that services are built from, by the name that the system has for them; ' +
        'absolute, or relative to the project. Without one the reference images run.',
      accepted: 'a map of folders',
      example: '{ api: ../lnkflow-ai/apps/api }',
    }),
  host: z
    .string()
    .regex(/^(?:unix:\/\/\/|(?:tcp|http):\/\/[^/\s])\S*$/)
    .optional()
    .meta({
      description: 'Address of the Docker host.',
      accepted: 'unix:///path or tcp://host:port',
      fallback: "DOCKER_HOST, or else the Docker client's current context",
      example: 'unix:///var/run/docker.sock',
    }),
  allowSmallHost: z
    // Text, because that is what Pulumi hands over.
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
    .default(false)
    .meta({
      description:
        'True: where the host is smaller than the limits add up to, they are brought down in proportion, and with them ' +
        'what is tuned to them; for trying production on a small machine.',
      accepted: 'true or false',
      example: 'true',
    }),
  network: z
    .strictObject({
      pool: z
        .string()
        .refine((text) => parseCidr(text) !== undefined)
        .default(DEFAULT_POOL)
        .meta({
          description: "Block of addresses that the stack's networks are taken from; stacks may share one.",
          accepted: 'a block of IPv4 addresses such as 10.213.0.0/16',
          example: '10.213.0.0/16',
        }),
    })
    .default({ pool: DEFAULT_POOL })
    .meta({ description: 'Addresses.', accepted: 'a map with the key pool' }),
});
export type Settings = z.output<typeof Settings>;
