/** Bits of the extension "key usage", RFC 5280, 4.2.1.3, by the official plugin's names. */
const KEY_USAGES: Readonly<Record<string, number>> = {
  digital_signature: 1,
  content_commitment: 2,
  key_encipherment: 4,
  data_encipherment: 8,
  key_agreement: 16,
  cert_signing: 32,
  crl_signing: 64,
  encipher_only: 128,
  decipher_only: 256,
};

/** Object identifiers of the extension "extended key usage", RFC 5280, 4.2.1.12, by the official plugin's names. */
const EXTENDED_KEY_USAGES: Readonly<Record<string, string>> = {
  any_extended: '2.5.29.37.0',
  server_auth: '1.3.6.1.5.5.7.3.1',
  client_auth: '1.3.6.1.5.5.7.3.2',
  code_signing: '1.3.6.1.5.5.7.3.3',
  email_protection: '1.3.6.1.5.5.7.3.4',
  timestamping: '1.3.6.1.5.5.7.3.8',
  ocsp_signing: '1.3.6.1.5.5.7.3.9',
};

/** What a certificate may be good for. */
export const USES: readonly string[] = [...Object.keys(KEY_USAGES), ...Object.keys(EXTENDED_KEY_USAGES)].sort();

/** The key usages among `uses` as bits; 0 if there is none. */
export function keyUsages(uses: readonly string[]): number {
  return uses.reduce((bits, use) => bits | (KEY_USAGES[use] ?? 0), 0);
}

/** The extended key usages among `uses` as object identifiers, in their order. */
export function extendedKeyUsages(uses: readonly string[]): string[] {
  return uses.flatMap((use) => EXTENDED_KEY_USAGES[use] ?? []);
}
