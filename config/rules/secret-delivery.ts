import { issuePath, type Resolution } from '../plan/resolution.ts';
import { secretVariables } from '../plan/secrets.ts';
import type { Issue } from '../plan/types.ts';
import { error, type Rule, warning } from './rule.ts';

/**
 * What is delivered as a variable is worth a warning: Docker shows the environment of a container to whoever may inspect
 * it. It has no file, and is the only variable of its name.
 */
export const checkDelivery: Rule = (resolution) =>
  Object.entries(resolution.system.services).flatMap(([name, service]) => {
    const pointers = secretVariables(service);
    return Object.entries(service.secrets)
      .filter(([, { deliver }]) => deliver === 'env')
      .flatMap(([variable, { secret, env }]) => {
        const path = issuePath(resolution.system.name, ['services', name, 'secrets', variable]);
        return [
          ...(env ? [] : [contradiction(path, variable)]),
          ...(Object.hasOwn(service.environment, variable) ? [taken(resolution, name, variable, secret)] : []),
          ...(Object.hasOwn(pointers, variable) ? [pointed(path, variable)] : []),
          // What does not run costs nothing yet.
          ...(Object.hasOwn(resolution.active, name) ? [cost(path, name, variable, secret)] : []),
        ];
      });
  });

function cost(path: string, service: string, variable: string, secret: string): Issue {
  return warning(
    path,
    `secret ${secret} stands in the environment of "${service}" as ${variable}: whoever may inspect the container on its ` +
      'host reads it, and so does every process in it',
    "a file (deliver: 'file'), which only the user of the container reads, where the image can read one",
  );
}

function contradiction(path: string, variable: string): Issue {
  return error(
    path,
    `env: false leaves no variable, and deliver: 'env' makes ${variable} nothing else`,
    "deliver: 'env' alone, or env: false with a file",
  );
}

function taken({ settings, system }: Resolution, service: string, variable: string, secret: string): Issue {
  const isSet = variable in (settings.services[service]?.env ?? {});
  return error(
    isSet
      ? issuePath('slipway', ['services', service, 'env', variable])
      : issuePath(system.name, ['services', service, 'environment', variable]),
    `"${service}" gets secret ${secret} as ${variable}; a variable in clear can't have its name`,
    `\`slipway secrets set ${secret}\` for another value, or another name`,
  );
}

function pointed(path: string, variable: string): Issue {
  return error(
    path,
    `${variable} says already where the secret file ${variable.replace(/_FILE$/, '')} is`,
    'another name, or env: false for the file',
  );
}
