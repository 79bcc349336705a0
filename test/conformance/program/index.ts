import { readFileSync } from 'node:fs';
import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import * as tls from '@pulumi/tls';
import type { Described } from '../support/described.ts';

/*
 * Makes the resources of a JSON file with the official SDKs, whatever plugin serves them. `{"ref": ["net", "name"]}` is
 * an output of another resource of the list, `{"secret": …}` a secret.
 */

const file = process.env['CONFORMANCE_RESOURCES'];
if (file === undefined) throw new pulumi.RunError('CONFORMANCE_RESOURCES has to name a file');
const provider = new docker.Provider('host', { host: process.env['CONFORMANCE_HOST'] ?? '' });

const types = {
  Container: docker.Container,
  Network: docker.Network,
  Volume: docker.Volume,
  RemoteImage: docker.RemoteImage,
  RandomPassword: random.RandomPassword,
  RandomBytes: random.RandomBytes,
  RandomId: random.RandomId,
  PrivateKey: tls.PrivateKey,
  SelfSignedCert: tls.SelfSignedCert,
  CertRequest: tls.CertRequest,
  LocallySignedCert: tls.LocallySignedCert,
};

const ON_A_HOST = ['Container', 'Network', 'Volume', 'RemoteImage'];

const made = new Map<string, pulumi.CustomResource>();
for (const { type, name, args, options } of JSON.parse(readFileSync(file, 'utf8')) as Described[]) {
  const Type = types[type] as new (
    name: string,
    args: unknown,
    options: pulumi.CustomResourceOptions,
  ) => pulumi.CustomResource;
  const own = ON_A_HOST.includes(type) ? { provider } : {};
  made.set(name, new Type(name, resolved(args), { ...options, ...own }));
}

function resolved(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(resolved);
  if ('ref' in value) return output(value.ref as [string, string]);
  if ('secret' in value) return pulumi.secret(resolved(value.secret));
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, resolved(below)]));
}

function output([name, property]: [string, string]): unknown {
  const resource = made.get(name);
  if (!resource) throw new pulumi.RunError(`no resource "${name}" before the one that refers to it`);
  return (resource as unknown as Record<string, unknown>)[property];
}
