import { pino, type Logger } from 'pino';
import * as z from 'zod';

export type { Logger };

/** Levels as Laravel and pino name them → pino's. */
const levels: Readonly<Record<string, string>> = {
  emergency: 'fatal',
  alert: 'fatal',
  critical: 'fatal',
  fatal: 'fatal',
  error: 'error',
  warning: 'warn',
  warn: 'warn',
  notice: 'info',
  info: 'info',
  debug: 'debug',
  trace: 'trace',
  silent: 'silent',
};

/** LOG_LEVEL as either world writes it. */
export const logLevel = z.string().transform((value, context) => {
  const level = levels[value.toLowerCase()];
  if (level !== undefined) return level;
  context.addIssue({ code: 'custom', message: `must be one of ${Object.keys(levels).join(', ')}` });
  return z.NEVER;
});

/**
 * What a log may say of an error. Not all its properties: a client library may have put there the command that failed,
 * and with it a password.
 */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const code = 'code' in error ? error.code : undefined;
  return { type: name, message, code, stack };
}

/** JSON lines on standard output, each with the service and its replica. */
export function createLog(level: string, service: string, replica: string): Logger {
  return pino({
    level,
    base: { service, replica },
    serializers: { err: describeError },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
  });
}
