import { createHash } from 'node:crypto';

/** `${NAME}` or `${NAME|filter}`: a secret's value; secrets are written in capitals. */
const REFERENCE = /\$\{([A-Z][A-Z0-9_]*)(?:\|([a-z0-9]+))?\}/g;

/** What may be done with a secret's value on its way into a template. */
const FILTERS: Readonly<Record<string, (value: string) => string>> = {
  /** Percent-encoded, for a part of a URL. */
  url: (value) =>
    encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  /** As it stands between the quotes of a string in JSON. */
  json: (value) => JSON.stringify(value).slice(1, -1),
  /** SHA-256 in lower-case hex. */
  sha256: (value) => createHash('sha256').update(value, 'utf8').digest('hex'),
};

/** Names of the filters that {@link renderTemplate} knows, sorted. */
export const templateFilters: readonly string[] = Object.keys(FILTERS).sort();

/** A reference to a secret within a template. */
export interface TemplateReference {
  readonly secret: string;
  readonly filter?: string;
}

/** All references to secrets in a template, in order of appearance. */
export function templateReferences(template: string): TemplateReference[] {
  return [...template.matchAll(REFERENCE)].map(([, secret = '', filter]) => ({
    secret,
    ...(filter !== undefined && { filter }),
  }));
}

/** Names of the secrets that a template is built from, each once, sorted. */
export function templateSecrets(template: string): string[] {
  return [...new Set(templateReferences(template).map(({ secret }) => secret))].sort();
}

/**
 * A template with the secrets' values filled in, each exactly once: what a value contains is never expanded again.
 * @throws Error for a secret without a value or an unknown filter; the rules have excluded both
 */
export function renderTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(REFERENCE, (_, secret: string, filter?: string) => {
    const value = values[secret];
    if (value === undefined) throw new Error(`the template refers to secret "${secret}", which has no value`);
    if (filter === undefined) return value;
    const apply = FILTERS[filter];
    if (!apply) throw new Error(`no filter "${filter}"; known: ${templateFilters.join(', ')}`);
    return apply(value);
  });
}
