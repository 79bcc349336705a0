/*
 * The part of an official provider's schema that we stand in for, as data: one table a resource says what its inputs
 * are, what is chosen where they are left out, and what an edit does. Checking, diffs and states all follow from it.
 */

/** What holds for an attribute besides its type. */
export interface Rules<T> {
  readonly required?: true;
  /** Stands where the input is left out, in the checked inputs too. */
  readonly default?: T;
  /** Left out, the engine chooses: the choice stays, and is no difference. */
  readonly computed?: true;
  /**
   * Whether a change replaces the resource: always, or only a change in the number of elements. Default: never.
   */
  readonly replace?: 'always' | 'count';
  /** What the value has to be like, beyond its type. */
  readonly accepts?: { readonly what: string; readonly test: (value: T) => boolean };
  /** An empty text means the same as whatever is there. */
  readonly emptyMeansAny?: true;
}

export interface Text extends Rules<string> {
  readonly type: 'text';
}
export interface Integer extends Rules<number> {
  readonly type: 'integer';
}
export interface Flag extends Rules<boolean> {
  readonly type: 'flag';
}
/** Texts in an order that matters (`list`) or doesn't (`set`). */
export interface Texts extends Rules<readonly string[]> {
  readonly type: 'list' | 'set';
}
export interface TextMap extends Rules<Readonly<Record<string, string>>> {
  readonly type: 'map';
}
/** An object, or nothing. */
export interface Block<S extends Schema = Schema> extends Rules<never> {
  readonly type: 'block';
  /** What is left out of it is not in the state either; by default it is there, as empty. */
  readonly keptAsGiven?: true;
  readonly of: S;
}
/** Objects in an order that doesn't matter. */
export interface BlockSet<S extends Schema = Schema> extends Rules<never> {
  readonly type: 'block-set';
  readonly of: S;
}
export type Attribute = Text | Integer | Flag | Texts | TextMap | Block | BlockSet;

/** Attributes by name. */
export type Schema = Readonly<Record<string, Attribute>>;

/** The value of an attribute where it is left out and nobody chooses: what the engine's API takes for "not set". */
type Complete<A> = A extends Text
  ? string
  : A extends Integer
    ? number
    : A extends Flag
      ? boolean
      : A extends Texts
        ? readonly string[]
        : A extends TextMap
          ? Readonly<Record<string, string>>
          : A extends Block<infer S>
            ? CompleteInputs<S> | undefined
            : A extends BlockSet<infer S>
              ? readonly CompleteInputs<S>[]
              : never;

/** Known inputs with nothing missing: see {@link Complete}. */
export type CompleteInputs<S> = { readonly [K in keyof S]: Complete<S[K]> };

export const text = (rules: Rules<string> = {}): Text => ({ type: 'text', ...rules });
export const integer = (rules: Rules<number> = {}): Integer => ({ type: 'integer', ...rules });
export const flag = (rules: Rules<boolean> = {}): Flag => ({ type: 'flag', ...rules });
export const list = (rules: Rules<readonly string[]> = {}): Texts => ({ ...rules, type: 'list' });
export const set = (rules: Rules<readonly string[]> = {}): Texts => ({ ...rules, type: 'set' });
export const map = (rules: Rules<Readonly<Record<string, string>>> = {}): TextMap => ({ type: 'map', ...rules });
export const block = <const S extends Schema>(
  of: S,
  rules: Rules<never> & Pick<Block, 'keptAsGiven'> = {},
): Block<S> => ({
  type: 'block',
  of,
  ...rules,
});
export const blockSet = <const S extends Schema>(of: S, rules: Rules<never> = {}): BlockSet<S> => ({
  type: 'block-set',
  of,
  ...rules,
});
