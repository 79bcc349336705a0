import * as z from 'zod';
import { port, text } from '../environment.ts';

/** What Lomash Wood's services read beside their database and their Redis; each reads what it needs. */
export const lomashEnvironment = z.object({
  SERVICE_NAME: text,
  PORT: port,
  TZ: z.string().optional(),
  AUTH_SECRET: z.string().optional(),
  STRIPE_WEBHOOK_SECRET: z.string().optional(),
  PRODUCT_SERVICE_URL: z.url().optional(),
  CUSTOMER_SERVICE_URL: z.url().optional(),
  NOTIFICATION_SERVICE_URL: z.url().optional(),
  ANALYTICS_SERVICE_URL: z.url().optional(),
  SMTP_HOST: z.string().optional(),
  SMTP_PORT: port.default(1025),
  SMTP_SECURE: z.enum(['true', 'false']).default('false'),
  SMTP_USER: z.string().optional(),
  SMTP_PASSWORD: z.string().optional(),
  MAIL_FROM: z.string().default('noreply@lomashwood.local'),
});
export type LomashSettings = z.infer<typeof lomashEnvironment>;

/** A variable that one service can't do without. @throws Error that names it */
export function needed<Name extends keyof LomashSettings>(
  settings: LomashSettings,
  name: Name,
): NonNullable<LomashSettings[Name]> {
  const value = settings[name];
  if (value === undefined) throw new Error(`${name} must be set for ${settings.SERVICE_NAME}`);
  return value;
}
