/*
 * What a plan says of databases inside services: see types.ts, which hands all of it on.
 */

/** A database in a service that runs a PostgreSQL, made once that is healthy and before those who wait for it. */
export interface PlannedPostgresDatabase {
  readonly kind: 'postgres';
  readonly name: string;
  readonly service: string;
  /** The role that owns it, and that can open no other. */
  readonly owner: string;
  /** Key into {@link Plan.secrets}: the password of the owner. */
  readonly password: string;
  /** The superuser that the server has been made with, which makes the database. */
  readonly admin: string;
  /** Sorted. */
  readonly extensions: readonly string[];
}

/** A logical database of a Redis: it is there as soon as somebody selects it. */
export interface PlannedRedisDatabase {
  readonly kind: 'redis';
  readonly name: string;
  readonly service: string;
  readonly index: number;
}

/** A database inside a service. */
export type PlannedDatabase = PlannedPostgresDatabase | PlannedRedisDatabase;
