/**
 * Shapes of JSON: one description gives the check of a value that comes from
 * outside, the JSON Schema, and the TypeScript type or the proof that it has one.
 *
 * @module
 */

import { printable } from "./printable.ts";

/** A JSON Schema (draft 2020-12), as far as shapes need it. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** What a JSON value may look like. */
export interface Shape<T> {
  /** The same as a JSON Schema. */
  readonly schema: JsonSchema;
  /**
   * Checks a value. Keys that the shape does not name are kept.
   *
   * @param value Any JSON value.
   * @param path Where it is, for instance `bmcs[2].state`.
   * @returns The same value.
   * @throws {ShapeError} If it is not of this shape.
   */
  decode(value: unknown, path?: string): T;
}

/** The type of the values that a shape lets pass. */
export type Infer<S> = S extends Shape<infer T> ? T : never;

/** A JSON value that is not of its shape. */
export class ShapeError extends SyntaxError {
  /** Tells it from other errors. */
  override readonly name = "ShapeError";

  /**
   * Says what should be there and what is.
   *
   * @param path Where the value is; empty for the whole.
   * @param expected What should be there, in words.
   * @param received What is there.
   */
  constructor(readonly path: string, readonly expected: string, readonly received: unknown) {
    const found = received === undefined ? "nothing" : printable(JSON.stringify(received), 60);
    super(`${path || "the whole"}: expected ${expected}, found ${found}`);
  }
}

/** Far more than any document has. */
const MOST_LEVELS = 500;
const [QUOTE, BACKSLASH, BRACKET, BRACE] = [0x22, 0x5c, 0x5b, 0x7b];

/**
 * Reads JSON of a shape.
 *
 * @param json The text of one JSON value.
 * @param shape What it should be.
 * @throws {SyntaxError} If it is not JSON, or is nested without measure.
 * @throws {ShapeError} If it is something else.
 */
export function parseJson<T>(json: string, shape: Shape<T>): T {
  checkDepth(json);
  return shape.decode(JSON.parse(json));
}

/** What is nested deeper cannot be written as JSON again. */
function checkDepth(json: string): void {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) i = endOfText(json, i);
    else if (code === BRACKET || code === BRACE) depth++;
    else if (code === BRACKET + 2 || code === BRACE + 2) depth--;
    if (depth > MOST_LEVELS) {
      throw new SyntaxError(`it is nested deeper than ${MOST_LEVELS} levels`);
    }
  }
}

/** Where the quote is that ends a text; the end of it all if there is none. */
function endOfText(json: string, begin: number): number {
  for (let i = begin + 1; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) return i;
    if (code === BACKSLASH) i++;
  }
  return json.length;
}

function primitive<T>(
  schema: JsonSchema,
  words: string,
  test: (value: unknown) => boolean,
): Shape<T> {
  return {
    schema,
    decode: (value, path = "") => {
      if (!test(value)) throw new ShapeError(path, words, value);
      return value as T;
    },
  };
}

const isText = (value: unknown): value is string => typeof value === "string";

/** Any text. */
export const text: Shape<string> = primitive({ type: "string" }, "a text", isText);

/** A path: any text that the system can take for one. */
export const path: Shape<string> = primitive(
  { type: "string", pattern: "^[^\\u0000]*$" },
  "a path",
  (value) => isText(value) && !value.includes("\0"),
);

/** Any number. */
export const number: Shape<number> = primitive({ type: "number" }, "a number", Number.isFinite);

/** A whole number that a double holds exactly. */
export const integer: Shape<number> = primitive(
  { type: "integer", minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  "a whole number",
  Number.isSafeInteger,
);

/** `true` or `false`. */
export const boolean: Shape<boolean> = primitive(
  { type: "boolean" },
  "true or false",
  (value) => typeof value === "boolean",
);

/**
 * The same shape, and what it means: the schema carries the words.
 *
 * @param shape What the value may be.
 * @param description Its meaning, in a sentence.
 */
export function described<T>(shape: Shape<T>, description: string): Shape<T> {
  return { ...shape, schema: { ...shape.schema, description } };
}

/** One of a few values. */
export function oneOf<const T extends string | number>(...values: T[]): Shape<T> {
  return {
    schema: { enum: values },
    decode: (value, path = "") => {
      if (!(values as unknown[]).includes(value)) {
        throw new ShapeError(path, values.map((v) => JSON.stringify(v)).join(" or "), value);
      }
      return value as T;
    },
  };
}

/** `null` or a value of the shape. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return {
    schema: { anyOf: [shape.schema, { type: "null" }] },
    decode: (value, path = "") => value === null ? null : shape.decode(value, path),
  };
}

/** A list of values of one shape. */
export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return {
    schema: { type: "array", items: item.schema },
    decode: (value, path = "") => {
      if (!Array.isArray(value)) throw new ShapeError(path, "a list", value);
      for (const [i, each] of value.entries()) {
        item.decode(each, `${path}[${i}]`);
      }
      return value;
    },
  };
}

/** An object with any keys and values of one shape. */
export function dictionary<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return {
    schema: { type: "object", additionalProperties: item.schema },
    decode: (value, path = "") => {
      const object = asObject(value, path);
      for (const [key, each] of Object.entries(object)) {
        item.decode(each, join(path, key));
      }
      return object as Record<string, T>;
    },
  };
}

/** Shapes by key. */
export type Fields = Readonly<Record<string, Shape<unknown>>>;
type Required<F extends Fields> = { readonly [K in keyof F]: Infer<F[K]> };
type Optional<F extends Fields> = { readonly [K in keyof F]?: Infer<F[K]> };

/** An object with keys that must and keys that may be there; others may, too. */
export function object<R extends Fields, O extends Fields = Record<never, never>>(
  required: R,
  optional: O = {} as O,
): Shape<Required<R> & Optional<O>> {
  return {
    schema: {
      type: "object",
      required: Object.keys(required),
      properties: Object.fromEntries(
        Object.entries({ ...required, ...optional }).map(([key, shape]) => [key, shape.schema]),
      ),
    },
    decode: (value, path = "") => {
      const object = asObject(value, path);
      for (const [key, shape] of Object.entries(required)) {
        shape.decode(object[key], join(path, key));
      }
      for (const [key, shape] of Object.entries(optional)) {
        if (key in object) shape.decode(object[key], join(path, key));
      }
      return object as Required<R> & Optional<O>;
    },
  };
}

type RequiredKey<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
type RequiredOf<T> = { readonly [K in RequiredKey<T>]: Shape<T[K]> };
type OptionalOf<T> = {
  readonly [K in Exclude<keyof T, RequiredKey<T>>]-?: Shape<Exclude<T[K], undefined>>;
};

/**
 * An object of a type that is written out elsewhere: all keys of the type must be
 * named here, those that must be there and then, if it has any, those that may.
 */
export function objectOf<T>(
  required: RequiredOf<T>,
  ...[optional]: object extends OptionalOf<T> ? [] : [optional: OptionalOf<T>]
): Shape<T> {
  return object(required as Fields, optional as Fields | undefined) as Shape<unknown> as Shape<T>;
}

function asObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ShapeError(path, "an object", value);
  }
  return value as Record<string, unknown>;
}

function join(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}
