import type { Hop } from './contract.ts';
import type { Query } from './database.ts';
import { sortTrail } from './trail.ts';

/** Records steps of an execution; one that is known already stays as it is, so that repeated work leaves one trail. */
export async function record(query: Query, id: string, trail: readonly Hop[]): Promise<void> {
  await query(
    `INSERT INTO workflow.events (execution_id, service, event, at, replica)
     SELECT $1, service, event, to_timestamp(at / 1000.0), replica
     FROM json_to_recordset($2::json) AS hop (service text, event text, at bigint, replica text)
     ON CONFLICT DO NOTHING`,
    [id, JSON.stringify(trail)],
  );
}

/** The steps of an execution so far, in order. */
export async function readTrail(query: Query, id: string): Promise<Hop[]> {
  const rows = await query<Hop>(
    `SELECT service, event, round(extract(epoch FROM at) * 1000)::float8 AS at, replica
     FROM workflow.events WHERE execution_id = $1`,
    [id],
  );
  return sortTrail(rows);
}
