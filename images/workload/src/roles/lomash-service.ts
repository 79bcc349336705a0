import type * as z from 'zod';
import type { App } from '../app.ts';
import { Database, databaseEnvironment } from '../database.ts';
import { createHttp, listen } from '../http.ts';
import { serviceCalled } from '../lomash/services.ts';
import { lomashEnvironment } from '../lomash/settings.ts';
import { connectRedis, redisEnvironment } from '../streams.ts';

export const environment = lomashEnvironment.and(databaseEnvironment).and(redisEnvironment);

/** One of Lomash Wood's eight services, by SERVICE_NAME: on a database and an index of Redis of its own. */
export async function start(app: App, env: z.infer<typeof environment>): Promise<void> {
  const { database: settings, redis: redisSettings } = env;
  const service = serviceCalled(env.SERVICE_NAME);
  const database = new Database(app, settings, 5);
  const redis = connectRedis(app, redisSettings);
  const http = createHttp(app, { database: database.ping, redis: () => redis.ping() });
  service.start({ app, database, redis, http, settings: env });
  await listen(app, http, env.PORT);
}
