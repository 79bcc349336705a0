import { analytics } from './analytics.ts';
import { appointment } from './appointment.ts';
import { auth } from './auth.ts';
import { content } from './content.ts';
import { customer } from './customer.ts';
import { notificationService } from './notification.ts';
import { orderPayment } from './order-payment.ts';
import { product } from './product.ts';
import type { LomashService } from './service.ts';

/** Lomash Wood's services by name, each with the first parts of the paths that the gateway hands to it. */
export const services = {
  'auth-service': { service: auth, paths: ['auth'] },
  'product-service': { service: product, paths: ['products'] },
  'order-payment-service': { service: orderPayment, paths: ['orders', 'webhooks'] },
  'appointment-service': { service: appointment, paths: ['appointments'] },
  'content-service': { service: content, paths: ['content'] },
  'customer-service': { service: customer, paths: ['customers'] },
  'notification-service': { service: notificationService, paths: ['notifications'] },
  'analytics-service': { service: analytics, paths: ['analytics'] },
} as const satisfies Readonly<Record<string, { service: LomashService; paths: readonly string[] }>>;

/** The name of one of the services. */
export type ServiceName = keyof typeof services;

/** The service that is called so. @throws Error that names all there are */
export function serviceCalled(name: string): LomashService {
  if (Object.hasOwn(services, name)) return services[name as ServiceName].service;
  throw new Error(`SERVICE_NAME "${name}" is no service of Lomash Wood; known: ${Object.keys(services).join(', ')}`);
}

/** The variable that holds the address of a service: AUTH_SERVICE_URL. */
export function addressVariable(name: string): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_URL`;
}
