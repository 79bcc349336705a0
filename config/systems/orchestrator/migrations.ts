/*
 * The nine migration files. The first boot of the database runs them, in lexical order, and where somebody else runs the
 * database the job does: each may find what it makes. Appended to, never edited.
 */

/** File name → statements. */
export const migrations: Readonly<Record<string, string>> = {
  '001_extensions.sql': `CREATE EXTENSION IF NOT EXISTS pgcrypto;
`,
  '002_workflows.sql': `CREATE TABLE IF NOT EXISTS workflows (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);
`,
  '003_workflow_versions.sql': `CREATE TABLE IF NOT EXISTS workflow_versions (
  workflow_id uuid NOT NULL REFERENCES workflows,
  version int NOT NULL CHECK (version > 0),
  definition jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workflow_id, version)
);
`,
  '004_runs.sql': `CREATE TABLE IF NOT EXISTS runs (
  id uuid PRIMARY KEY,
  workflow_id uuid,
  version int,
  state text NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'running', 'waiting_approval', 'completed', 'rejected', 'failed')),
  work jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (workflow_id, version) REFERENCES workflow_versions
);
`,
  '005_run_events.sql': `CREATE TABLE IF NOT EXISTS run_events (
  run_id uuid NOT NULL REFERENCES runs,
  position bigint GENERATED ALWAYS AS IDENTITY,
  service text NOT NULL,
  replica text NOT NULL,
  event text NOT NULL,
  state text NOT NULL,
  output text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (run_id, service, event)
);
`,
  '006_approvals.sql': `CREATE TABLE IF NOT EXISTS approvals (
  run_id uuid PRIMARY KEY REFERENCES runs,
  approved boolean NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
`,
  '007_agent_calls.sql': `CREATE TABLE IF NOT EXISTS agent_calls (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  run_id uuid NOT NULL REFERENCES runs,
  model text NOT NULL,
  tokens int NOT NULL CHECK (tokens >= 0),
  at timestamptz NOT NULL DEFAULT now()
);
`,
  '008_indexes.sql': `CREATE INDEX IF NOT EXISTS runs_open ON runs (updated_at)
  WHERE state NOT IN ('completed', 'rejected', 'failed');
CREATE INDEX IF NOT EXISTS agent_calls_of_run ON agent_calls (run_id, at);
`,
  '009_open_runs.sql': `CREATE OR REPLACE VIEW open_runs AS
  SELECT id, state, created_at, updated_at FROM runs WHERE state NOT IN ('completed', 'rejected', 'failed');
`,
};

/** The files in a folder of a container. */
export function migrationFiles(folder: string): Record<string, { content: string }> {
  return Object.fromEntries(Object.entries(migrations).map(([name, content]) => [`${folder}/${name}`, { content }]));
}
