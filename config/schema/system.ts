import { z } from 'zod';
import { Certificate } from './certificate.ts';
import { Database, DatabaseName } from './database.ts';
import type { EnvironmentName } from './environment.ts';
import { Image } from './image.ts';
import { Monitoring } from './monitoring.ts';
import { Name, VariableName } from './name.ts';
import { Secret } from './secret.ts';
import { Service } from './service.ts';
import { Smoke } from './smoke.ts';
import { Source } from './source.ts';
import { Task } from './task.ts';
import { Volume } from './volume.ts';

/** A system in one environment. */
export const System = z.strictObject({
  name: Name,
  description: z
    .string()
    .optional()
    .meta({ description: 'What it is, in a sentence; shown where systems are listed.' }),
  parameters: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]*$/), z.string())
    .default({})
    .meta({ description: 'Texts that `${name}` stands for in variables, commands, files and templates.' }),
  images: z.record(Name, Image),
  secrets: z.record(VariableName, Secret).default({}),
  certificates: z
    .record(Name, Certificate)
    .default({})
    .meta({ description: "What the stack's own authority signs; secrets deliver it." }),
  databases: z
    .record(DatabaseName, Database)
    .default({})
    .meta({ description: 'Databases inside services that run a server, each with an owner or an index of its own.' }),
  volumes: z.record(Name, Volume).default({}),
  services: z.record(Name, Service),
  tasks: z.record(Name, Task).default({}),
  sources: z.record(Name, Source).default({}),
  smoke: Smoke.optional(),
  monitoring: Monitoring.optional().meta({ description: 'Present: it can be watched; `withMonitoring` writes it.' }),
});
export type System = z.output<typeof System>;

/** A system as it is written down: what has a default may be left out. */
export type SystemInput = z.input<typeof System>;

/**
 * What an environment or a stack changes: any part of `T`. Maps merge by key, null removes a key, everything else
 * (lists too) replaces.
 */
export type Overlay<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: Overlay<Exclude<T[Key], undefined>> | null | undefined }
    : T;

/** A choice that a stack may make beside its environment. */
export interface Variant {
  /** What is other with it, in a sentence. */
  readonly description: string;
  /** Environments that it can be laid over; absent: all. */
  readonly environments?: readonly EnvironmentName[];
  readonly overlay: Overlay<SystemInput>;
}

/** A whole system: the base, what each environment changes, and what a stack may choose on top. */
export interface SystemDescription extends SystemInput {
  readonly environments: Readonly<Record<EnvironmentName, Overlay<SystemInput>>>;
  readonly variants?: Readonly<Record<string, Variant>>;
}
