// Starts Redis Commander on what the environment names: REDIS_HOSTS (`label:host:port:index`, with commas between), REDIS_PASSWORD for
// all of them, HTTP_USER and HTTP_PASSWORD. A password may be in a file that <NAME>_FILE names. They are handed over inside
// this process: Redis Commander itself would take that of Redis as an argument only.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { env } = process;

/**
 * @param {string} name
 * @returns {string | undefined} a secret; one newline at the end of its file does not count
 */
function secret(name) {
  const file = env[`${name}_FILE`];
  return file === undefined ? env[name] : readFileSync(file, 'utf8').replace(/\n$/, '');
}

const password = secret('REDIS_PASSWORD');
const connections = (env['REDIS_HOSTS'] ?? '').split(',').map((entry) => {
  const [label, host, port, index] = entry.split(':');
  return { label, host, port: Number(port), dbIndex: Number(index), password, connectionName: 'redis-commander' };
});
const httpAuth = { username: env['HTTP_USER'], password: secret('HTTP_PASSWORD') };
if (!httpAuth.username || !httpAuth.password || connections.some(({ host, port }) => !host || !(port > 0))) {
  console.error(
    'HTTP_USER, HTTP_PASSWORD or HTTP_PASSWORD_FILE, and REDIS_HOSTS (label:host:port:index,…) are needed.',
  );
  process.exit(78);
}
// Nothing is written beside the code: what a user adds lasts until the container goes.
env['NODE_CONFIG'] = JSON.stringify({ noSave: true, server: { httpAuth }, connections });
createRequire(import.meta.url)('redis-commander/bin/redis-commander.js');
