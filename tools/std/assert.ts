/** Stand-in for jsr:@std/assert, over node:assert. */
import nodeAssert from "node:assert/strict";

export const AssertionError = nodeAssert.AssertionError;

// deno-lint-ignore no-explicit-any
type Constructor<E> = abstract new (...args: any[]) => E;

export function assert(condition: unknown, message = ""): asserts condition {
  if (!condition) throw new AssertionError({ message });
}

export function assertEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  nodeAssert.deepStrictEqual(actual, expected, message);
}

export function assertNotEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  nodeAssert.notDeepStrictEqual(actual, expected, message);
}

export function assertMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void {
  nodeAssert.match(actual, expected, message);
}

export function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void {
  assert(
    actual.includes(expected),
    message ??
      `${JSON.stringify(actual)} does not include ${JSON.stringify(expected)}`,
  );
}

export function assertInstanceOf<E>(
  actual: unknown,
  expected: Constructor<E>,
  message?: string,
): asserts actual is E {
  assert(
    actual instanceof expected,
    message ?? `${actual} is no ${expected.name}`,
  );
}

export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  expected: Constructor<E> = Error as unknown as Constructor<E>,
  messageIncludes = "",
): E {
  try {
    fn();
  } catch (error) {
    return checked(error, expected, messageIncludes);
  }
  throw new AssertionError({ message: "expected the function to throw" });
}

export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  expected: Constructor<E> = Error as unknown as Constructor<E>,
  messageIncludes = "",
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    return checked(error, expected, messageIncludes);
  }
  throw new AssertionError({ message: "expected the promise to be rejected" });
}

function checked<E extends Error>(
  error: unknown,
  expected: Constructor<E>,
  messageIncludes: string,
): E {
  assertInstanceOf(error, expected);
  assertStringIncludes(error.message, messageIncludes);
  return error;
}
