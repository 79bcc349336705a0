import { expect, test } from '@jest/globals';
import { jobsNobodyAwaits } from '../../../../config/compose/jobs.ts';
import { plannedService } from '../../components/planned-service.ts';

const service = (name: string, ...jobs: string[]) =>
  plannedService({ name, dependsOn: jobs.map((job) => ({ service: job, condition: 'completed' })) });
const job = (name: string, ...jobs: string[]) => ({ ...service(name, ...jobs), kind: 'job' as const });

test.each([
  ['a job that a service waits for is awaited', [service('api', 'migrate'), job('migrate')], []],
  ['a job that nobody waits for is not', [service('api'), job('seed')], ['seed']],
  ['a job is awaited through another that is', [service('api', 'seed'), job('seed', 'migrate'), job('migrate')], []],
  [
    'a job that only an unawaited one waits for is not awaited either',
    [service('api'), job('seed', 'migrate'), job('migrate')],
    ['migrate', 'seed'],
  ],
  [
    'a job is awaited if one service waits, whoever else does',
    [service('api', 'migrate'), job('seed', 'migrate'), job('migrate')],
    ['seed'],
  ],
])('%s', (_, services, expected) => {
  expect([...jobsNobodyAwaits(services)].sort()).toEqual(expected);
});
