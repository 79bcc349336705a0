/** What fields of a schema say of themselves beside their type: shown in issues and in the reference. */
declare module 'zod' {
  interface GlobalMeta {
    /** What would be accepted, as a phrase: `a whole number, 1 or more`. */
    accepted?: string;
    /** What holds where the field is left out, if the schema itself has no default. */
    fallback?: string;
    /** How the field is written. */
    example?: string;
  }
}

export {};
