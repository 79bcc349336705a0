import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import type { App } from '../app.ts';
import type { Migration } from '../apply-migrations.ts';
import type { Database, Query } from '../database.ts';
import type { LomashSettings } from './settings.ts';

/** What one of Lomash Wood's services works with: a database and an index of Redis that no other has. */
export interface Surroundings {
  readonly app: App;
  readonly database: Database;
  readonly redis: Redis;
  readonly http: FastifyInstance;
  readonly settings: LomashSettings;
}

/** One of Lomash Wood's eight services. */
export interface LomashService {
  /** Appended to, never edited. */
  readonly migrations: readonly Migration[];
  /** Writes examples that are not there yet; gives how many it wrote. */
  readonly seed: (query: Query) => Promise<number>;
  /** Adds its routes, and what it does by itself. */
  readonly start: (surroundings: Surroundings) => void;
}
