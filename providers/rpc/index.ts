/** A Pulumi provider is a {@link Provider}: see provider.ts; `serve` runs it as a plugin. Knows nothing of Docker. */
export * from './check.ts';
export * from './diff.ts';
export * from './provider.ts';
export * from './serve.ts';
export * from './server.ts';
export * from './values.ts';
