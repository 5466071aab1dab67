import { assert, assertEquals, assertThrows } from "@std/assert";
import { Ajv2020 } from "../../npm/ajv.ts";
import fc from "../../npm/fast_check.ts";
import {
  boolean,
  dictionary,
  integer,
  list,
  nullable,
  number,
  object,
  objectOf,
  oneOf,
  parseJson,
  path,
  type Shape,
  ShapeError,
  text,
} from "../../../lib/text/shape.ts";

const person = object({ name: text }, { age: integer });

/** Every kind of shape in one. */
const everything = object(
  {
    a: text,
    b: list(nullable(boolean)),
    c: dictionary(oneOf<"x" | 1>("x", 1)),
  },
  { d: number, e: list(person) },
);

Deno.test("decode() returns the very value", async (t) => {
  const cases: [name: string, shape: Shape<unknown>, values: unknown[]][] = [
    ["text", text, ["", "a\0"]],
    ["path", path, ["", "/var/www/a b"]],
    ["number", number, [0, -1.5, 1e300]],
    ["integer", integer, [0, -1, 9007199254740991]],
    ["boolean", boolean, [true, false]],
    ["oneOf", oneOf<"a" | 2>("a", 2), ["a", 2]],
    ["nullable", nullable(text), [null, "a"]],
    ["list", list(integer), [[], [1, 2]]],
    ["dictionary", dictionary(integer), [{}, { a: 1, b: 2 }]],
    ["object", person, [{ name: "a" }, { name: "a", age: 1 }]],
    ["an object with more keys", person, [{ z: [1], name: "a" }]],
    ["everything", everything, [{ a: "", b: [null, true], c: { k: 1 } }]],
  ];
  for (const [name, shape, values] of cases) {
    await t.step(name, () => {
      for (const value of values) assert(shape.decode(value) === value);
    });
  }
});

Deno.test("decode() says where, what was expected and what was found", async (t) => {
  const cases: [shape: Shape<unknown>, value: unknown, message: string][] = [
    [text, 1, "the whole: expected a text, found 1"],
    [text, null, "the whole: expected a text, found null"],
    [path, "/a\0", 'the whole: expected a path, found "/a\\u0000"'],
    [number, "1", 'the whole: expected a number, found "1"'],
    [number, Infinity, "the whole: expected a number, found null"],
    [integer, 1.5, "the whole: expected a whole number, found 1.5"],
    [
      integer,
      2 ** 53,
      "the whole: expected a whole number, found 9007199254740992",
    ],
    [boolean, 0, "the whole: expected true or false, found 0"],
    [oneOf<"a" | 2>("a", 2), "2", 'the whole: expected "a" or 2, found "2"'],
    [nullable(text), false, "the whole: expected a text, found false"],
    [list(text), {}, "the whole: expected a list, found {}"],
    [list(text), ["a", 1], "[1]: expected a text, found 1"],
    [list(list(text)), [[], [1]], "[1][0]: expected a text, found 1"],
    [dictionary(text), [], "the whole: expected an object, found []"],
    [dictionary(text), null, "the whole: expected an object, found null"],
    [dictionary(text), { k: 1 }, "k: expected a text, found 1"],
    [person, "a", 'the whole: expected an object, found "a"'],
    [person, {}, "name: expected a text, found nothing"],
    [
      person,
      { name: "a", age: "1" },
      'age: expected a whole number, found "1"',
    ],
    [
      everything,
      { a: "", b: [], c: {}, e: [{ name: "" }, { name: [] }] },
      "e[1].name: expected a text, found []",
    ],
    [text, ["\x1b[31m"], 'the whole: expected a text, found ["\\u001b[31m"]'],
  ];
  for (const [shape, value, message] of cases) {
    await t.step(message, () => {
      const error = assertThrows(() => shape.decode(value), ShapeError);
      assertEquals(error.message, message);
      assertEquals(error.name, "ShapeError");
    });
  }
});

Deno.test("decode() shows no more than 60 characters of a value", () => {
  const error = assertThrows(() => text.decode(["x".repeat(99)]), ShapeError);
  assertEquals(
    error.message,
    `the whole: expected a text, found ["${"x".repeat(58)}…`,
  );
});

Deno.test("decode() begins at the path that it is given", () => {
  const error = assertThrows(() => person.decode({}, "bmcs[2]"), ShapeError);
  assertEquals(error.path, "bmcs[2].name");
  assertEquals(error.expected, "a text");
  assertEquals(error.received, undefined);
});

Deno.test("schema says the same as JSON Schema", () => {
  assertEquals(everything.schema, {
    type: "object",
    required: ["a", "b", "c"],
    properties: {
      a: { type: "string" },
      b: {
        type: "array",
        items: { anyOf: [{ type: "boolean" }, { type: "null" }] },
      },
      c: { type: "object", additionalProperties: { enum: ["x", 1] } },
      d: { type: "number" },
      e: {
        type: "array",
        items: {
          type: "object",
          required: ["name"],
          properties: {
            name: { type: "string" },
            age: integer.schema,
          },
        },
      },
    },
  });
});

function accepts(shape: Shape<unknown>, value: unknown): boolean {
  try {
    shape.decode(value);
    return true;
  } catch (error) {
    assert(error instanceof ShapeError, String(error));
    return false;
  }
}

Deno.test("decode() and schema agree on any value", () => {
  const validate = new Ajv2020().compile(everything.schema);
  const leaf = fc.oneof(
    fc.constantFrom(null, true, "x", 1, 0.5, "", -3),
    fc.jsonValue({ maxDepth: 1 }).filter((value) => !isHuge(value)),
  );
  const values = fc.record({
    a: leaf,
    b: fc.oneof(leaf, fc.array(leaf, { maxLength: 2 })),
    c: fc.oneof(leaf, fc.dictionary(fc.string(), leaf, { maxKeys: 2 })),
    d: leaf,
    e: fc.array(fc.record({ name: leaf, age: leaf }, { requiredKeys: [] }), {
      maxLength: 2,
    }),
  }, { requiredKeys: [] });
  const good = fc.record({
    a: fc.string(),
    b: fc.array(fc.option(fc.boolean())),
    c: fc.dictionary(fc.string(), fc.constantFrom("x", 1)),
  });
  fc.assert(
    fc.property(fc.oneof(values, good, fc.jsonValue()), (value) => {
      assertEquals(accepts(everything, value), validate(value));
    }),
    { numRuns: 500 },
  );
});

/** Huge numbers have a test of their own, in document_test.ts. */
function isHuge(value: unknown): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

Deno.test("parseJson() refuses what is nested deeper than can be written again", async (t) => {
  const nested = (levels: number, inner = ""): string =>
    `{"a":${"[".repeat(levels - 1)}${inner}${"]".repeat(levels - 1)}}`;
  const good: [name: string, json: string][] = [
    ["500 levels", nested(500)],
    ["many lists side by side", nested(2, Array(10_000).fill("[]").join())],
    ["brackets in a text", nested(2, `"${"[{".repeat(1000)}"`)],
    ["brackets in a text with quotes", nested(2, String.raw`"\\\"${"[".repeat(1000)}\\"`)],
  ];
  for (const [name, json] of good) {
    await t.step(name, () => assertEquals(JSON.stringify(parseJson(json, object({}))), json));
  }
  const bad: [name: string, json: string][] = [
    ["501 levels", nested(501)],
    ["levels after a text", nested(501, String.raw`"\\"`)],
    ["100,000 levels of objects", '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000)],
    ["levels that do not end", "[".repeat(501)],
  ];
  for (const [name, json] of bad) {
    await t.step(name, () => {
      assertThrows(() => parseJson(json, object({})), SyntaxError, "deeper than 500 levels");
    });
  }
});

interface Person {
  readonly name: string;
  readonly age?: number | null;
}

Deno.test("objectOf() checks what a type says", () => {
  const shape: Shape<Person> = objectOf<Person>({ name: text }, { age: nullable(integer) });
  assertEquals(shape.decode({ name: "a", age: null }), { name: "a", age: null });
  const error = assertThrows(() => shape.decode({ age: 1 }), ShapeError);
  assertEquals(error.path, "name");
  // The compiler refuses what the type does not say; deno check fails if it does not.
  // @ts-expect-error: age is forgotten
  objectOf<Person>({ name: text });
  // @ts-expect-error: name is forgotten
  objectOf<Person>({}, { age: nullable(integer) });
  // @ts-expect-error: name is no number
  objectOf<Person>({ name: integer }, { age: nullable(integer) });
  // @ts-expect-error: name is never null
  objectOf<Person>({ name: nullable(text) }, { age: nullable(integer) });
  // @ts-expect-error: nobody has a size
  objectOf<Person>({ name: text }, { age: nullable(integer), size: integer });
});
