import { describe, expect, test } from '@jest/globals';
import { renderPlan } from '../../../../config/plan/render.ts';
import type { SystemInput } from '../../../../config/schema/system.ts';
import { error, planOf, resolveShop, service, system } from '../fixture.ts';

type Changes = Partial<SystemInput['services'][string]>;

const secrets = { KEY: { description: 'A key.', format: { kind: 'hex' as const } } };
const resolve = (changes: Changes, values: Readonly<Record<string, unknown>> = {}) =>
  resolveShop(system({ api: service(changes) }, { secrets }), { values });
const errors = (changes: Changes, values?: Readonly<Record<string, unknown>>) =>
  resolve(changes, values).issues.filter(({ severity }) => severity === 'error');

describe("a secret with deliver: 'env'", () => {
  const use = { secret: 'KEY', deliver: 'env' as const };

  test('is a variable of its service and no file', () => {
    const [api] = planOf(resolve({ secrets: { API_KEY: use, OTHER: 'KEY' } })).services;
    expect(api?.environmentSecrets).toEqual([{ name: 'API_KEY', secret: 'KEY' }]);
    expect(api?.secrets.map(({ name }) => name)).toEqual(['OTHER']);
    expect(api?.environment).toEqual({ OTHER_FILE: '/run/secrets/OTHER' });
  });

  test('is shown by its name', () => {
    const text = renderPlan(planOf(resolve({ secrets: { API_KEY: use } })));
    expect(text).toContain('  env API_KEY: secret KEY\n');
    expect(text).not.toContain('/run/secrets');
  });

  test('takes no folder that something else is mounted at', () => {
    expect(errors({ secrets: { API_KEY: use }, tmpfs: { '/run/secrets': {} } })).toEqual([]);
  });

  test('is worth a warning that says what it costs', () => {
    expect(resolve({ secrets: { API_KEY: use } }).issues).toEqual([
      {
        path: 'shop:services.api.secrets.API_KEY',
        message:
          'secret KEY stands in the environment of "api" as API_KEY: whoever may inspect the container on its host reads ' +
          'it, and so does every process in it',
        accepted: "a file (deliver: 'file'), which only the user of the container reads, where the image can read one",
        severity: 'warning',
      },
    ]);
  });

  test('is worth none while its service does not run', () => {
    expect(resolve({ secrets: { API_KEY: use }, profiles: ['off'] }).issues).toEqual([]);
  });

  test('cannot be without a variable', () => {
    expect(errors({ secrets: { API_KEY: { ...use, env: false } } })).toEqual([
      error(
        'shop:services.api.secrets.API_KEY',
        "env: false leaves no variable, and deliver: 'env' makes API_KEY nothing else",
        "deliver: 'env' alone, or env: false with a file",
      ),
    ]);
  });

  test('has its name alone, wherever another was written', () => {
    const message = '"api" gets secret KEY as API_KEY; a variable in clear can\'t have its name';
    const accepted = '`slipway secrets set KEY` for another value, or another name';
    expect(errors({ secrets: { API_KEY: use }, environment: { API_KEY: 'x' } })).toEqual([
      error('shop:services.api.environment.API_KEY', message, accepted),
    ]);
    expect(errors({ secrets: { API_KEY: use } }, { services: { api: { env: { API_KEY: 'x' } } } })).toEqual([
      error('slipway:services.api.env.API_KEY', message, accepted),
    ]);
  });

  test('is not called what says where a file is', () => {
    expect(errors({ secrets: { A_FILE: use, A: 'KEY' } })).toEqual([
      error(
        'shop:services.api.secrets.A_FILE',
        'A_FILE says already where the secret file A is',
        'another name, or env: false for the file',
      ),
    ]);
  });
});
