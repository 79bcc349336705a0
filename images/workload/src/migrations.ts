import type { Migration } from './apply-migrations.ts';

/** Brings a database from nothing, or from any earlier version, to what the roles expect. Appended to, never edited. */
export const migrations: readonly Migration[] = [
  {
    name: '1: executions and their events',
    statements: `
      CREATE SCHEMA IF NOT EXISTS workflow;
      CREATE TABLE workflow.executions (
        id uuid PRIMARY KEY,
        state text NOT NULL CHECK (state IN ('pending', 'queued', 'waiting', 'running', 'completed')),
        input text NOT NULL,
        delay_ms bigint NOT NULL,
        work_ms bigint NOT NULL,
        result json,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX executions_recent ON workflow.executions (created_at DESC);
      CREATE INDEX executions_unstarted ON workflow.executions (updated_at) WHERE state IN ('pending', 'queued');
      CREATE TABLE workflow.events (
        execution_id uuid NOT NULL REFERENCES workflow.executions,
        service text NOT NULL,
        event text NOT NULL,
        at timestamptz NOT NULL,
        replica text NOT NULL,
        PRIMARY KEY (execution_id, service, event)
      );
      CREATE TABLE workflow.completions (
        execution_id uuid PRIMARY KEY REFERENCES workflow.executions,
        result text NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
      );`,
  },
  {
    name: '2: timers, ticks and cells',
    statements: `
      CREATE TABLE workflow.timers (
        execution_id uuid PRIMARY KEY REFERENCES workflow.executions,
        job json NOT NULL,
        fire_at timestamptz NOT NULL,
        fired_at timestamptz
      );
      CREATE INDEX timers_due ON workflow.timers (fire_at) WHERE fired_at IS NULL;
      CREATE TABLE workflow.ticks (minute timestamptz PRIMARY KEY, replica text NOT NULL);
      CREATE TABLE workflow.cells (
        id text PRIMARY KEY,
        region text NOT NULL,
        replica text NOT NULL,
        seen_at timestamptz NOT NULL
      );`,
  },
  {
    name: '3: task queues',
    statements: `
      CREATE SCHEMA IF NOT EXISTS matching;
      CREATE TABLE matching.tasks (
        execution_id uuid PRIMARY KEY REFERENCES workflow.executions,
        queue text NOT NULL,
        partition int NOT NULL,
        job json NOT NULL,
        added_at timestamptz NOT NULL DEFAULT now(),
        lease_token uuid,
        lease_until timestamptz NOT NULL DEFAULT '-infinity',
        attempts int NOT NULL DEFAULT 0,
        done_at timestamptz
      );
      CREATE INDEX tasks_open ON matching.tasks (queue, added_at) WHERE done_at IS NULL;`,
  },
  {
    name: '4: what visibility shows',
    statements: `
      CREATE SCHEMA IF NOT EXISTS visibility;
      CREATE VIEW visibility.executions AS
        SELECT id, state, created_at, updated_at FROM workflow.executions;`,
  },
];
