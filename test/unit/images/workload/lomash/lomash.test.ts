import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { isSigned, userHeaders, userOf } from '../../../../../images/workload/src/lomash/requests.ts';
import { addressVariable, serviceCalled, services } from '../../../../../images/workload/src/lomash/services.ts';
import { parseMail } from '../../../../../images/workload/src/roles/mailbox.ts';

describe('a webhook', () => {
  const NOW_MS = 1_750_000_000_000;
  const sign = (body: string, at: number, secret = 'whsec'): string =>
    `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;

  test('is Stripe’s where its bytes, its time and the secret are those that were signed', () => {
    expect(isSigned(sign('{}', NOW_MS / 1000), '{}', 'whsec', NOW_MS)).toBe(true);
  });

  test.each([
    ['other bytes', sign('{"a":1}', NOW_MS / 1000)],
    ['another secret', sign('{}', NOW_MS / 1000, 'other')],
    ['an old time', sign('{}', NOW_MS / 1000 - 301)],
    ['no time', sign('{}', Number.NaN)],
    ['nothing', ''],
  ])('is refused with %s', (_, header) => {
    expect(isSigned(header, '{}', 'whsec', NOW_MS)).toBe(false);
  });
});

test('a service is told by the gateway who asks, in any script, and nobody else is somebody', () => {
  const user = { id: '5eed0000-0000-4000-8000-000000000001', email: 'a@example.com', name: 'Zoë 林' };
  expect(userOf({ headers: userHeaders(user) })).toEqual(user);
  expect(() => userOf({ headers: {} })).toThrow('nobody is logged in');
});

test('services are found by name, each behind paths of its own', () => {
  expect(serviceCalled('auth-service')).toBe(services['auth-service'].service);
  expect(() => serviceCalled('auth')).toThrow(/no service of Lomash Wood; known: auth-service,/);
  const paths = Object.values(services).flatMap((each) => [...each.paths]);
  expect(new Set(paths).size).toBe(paths.length);
  expect(addressVariable('order-payment-service')).toBe('ORDER_PAYMENT_SERVICE_URL');
});

test('a mail is shown with its headers, folded ones too, and its body', () => {
  const mail = parseMail('Subject: Invoice\r\n for you\r\nTo: a@example.com\r\n\r\nThank you.\r\n\r\nBye.\r\n');
  expect(mail).toEqual({
    Headers: { Subject: ['Invoice for you'], To: ['a@example.com'] },
    Body: 'Thank you.\n\nBye.\r\n',
  });
});
