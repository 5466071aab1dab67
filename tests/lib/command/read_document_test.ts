import { assertEquals, assertRejects } from "@std/assert";
import { deaf } from "../../../lib/io/context.ts";
import { type DocumentSource, readDocument } from "../../../lib/command/read_document.ts";
import type { Document } from "../../../lib/document/document.ts";
import { Failure } from "../../../lib/document/problems.ts";
import { FakeClock } from "../../fake_clock.ts";
import { inputOf } from "../../in_process.ts";

const SOURCE: DocumentSource = { input: null, timeout: 0, mayBeList: false };
const EMPTY = `{"pitboot":1,"status":"ok","problems":[]}`;
const NOTICE = "waiting for a document on standard input (</dev/null to begin anew)";
const STOPPING = "stopping; waiting a moment for the command before it";

/** A command that has nobody before it, or one that takes its time. */
class FakeChain {
  readonly clock = new FakeClock();
  readonly controller = new AbortController();
  readonly said: string[] = [];
  readonly #text = Promise.withResolvers<string>();
  isTerminal = false;
  /** Whether standard input is `/dev/null`. */
  isNothing = false;

  /** Whether a command before it is there. */
  hasWriter = false;

  /** Hands over a document. */
  hand(text: string): void {
    this.#text.resolve(text);
  }

  /** Fails to. */
  fail(error: unknown): void {
    this.#text.reject(error);
  }

  read(source: Partial<DocumentSource> = {}): Promise<Document> {
    const text = this.#text.promise;
    let input: ReturnType<typeof inputOf> | null = null;
    const stdin = {
      ...inputOf(""),
      isNothing: () => Promise.resolve(this.isNothing),
      hasWriter: () => Promise.resolve(this.hasWriter),
      isTerminal: this.isTerminal,
      read: async (buffer: Uint8Array) => await (input ??= inputOf(await text)).read(buffer),
    };
    return readDocument({
      context: { stdin, signal: this.controller.signal, listen: deaf, later: this.clock.later },
      root: { readHanded: () => text },
      reporter: { say: (line) => this.said.push(line) },
    }, { ...SOURCE, ...source });
  }
}

Deno.test("readDocument() begins anew at a terminal, and where there is nothing", async () => {
  const terminal = new FakeChain();
  terminal.isTerminal = true;
  assertEquals((await terminal.read()).status, "ok");
  const none = new FakeChain();
  none.isNothing = true;
  none.hand("");
  assertEquals((await none.read()).problems, []);
});

Deno.test("readDocument() takes the end of a pipe without a document for a failure", async () => {
  for (const nothing of ["", " \n"]) {
    const chain = new FakeChain();
    chain.hand(nothing);
    const { code } = await assertRejects(() => chain.read(), Failure, "did not end well");
    assertEquals(code, "document-invalid");
  }
});

Deno.test("readDocument() reads standard input, and a file that is named", async () => {
  const text = EMPTY.replace("}", `,"site":"x"}`);
  for (const input of [null, "-", "/document.json"]) {
    const chain = new FakeChain();
    // Where a name is given, a terminal is read, too.
    chain.isTerminal = input !== null;
    chain.hand(text);
    assertEquals<unknown>(await chain.read({ input }), JSON.parse(text));
    assertEquals([chain.said, chain.clock.waiting], [[], 0]);
  }
});

Deno.test("readDocument() takes a byte order mark in a file as in a pipe", async () => {
  for (const input of [null, "/fd/3"]) {
    const chain = new FakeChain();
    chain.hand(`\uFEFF${EMPTY}`);
    assertEquals((await chain.read({ input })).status, "ok");
  }
});

Deno.test("readDocument() names what is not a document", async (t) => {
  const cases: [name: string, text: string, input: string | null, message: RegExp][] = [
    ["a list", "ncn-w001\n", null, /^standard input is not a .*: it begins with "ncn-w001"$/],
    ["a control character", "\x1b[31m", null, /begins with "\\x1b\[31m"$/],
    ["two", `${EMPTY}\n${EMPTY}`, null, /^standard input is not a single pitboot document: /],
    ["another version", `{"pitboot":2}`, null, /not a single .*pitboot: expected 1/],
    ["an empty file", "", "/a.json", /^\/a\.json is not a single pitboot document: /],
  ];
  for (const [name, text, input, message] of cases) {
    await t.step(name, async () => {
      const chain = new FakeChain();
      chain.hand(text);
      const failure = await assertRejects(() => chain.read({ input }), Failure);
      assertEquals([failure.code, message.test(failure.message)], ["document-invalid", true]);
    });
  }
});

Deno.test("readDocument() says after 2 s that it waits, and goes on", async () => {
  const chain = new FakeChain();
  const document = chain.read();
  await chain.clock.advance(1999);
  assertEquals(chain.said, []);
  await chain.clock.advance(1);
  assertEquals(chain.said, [NOTICE]);
  await chain.clock.advance(3_600_000);
  chain.hand(EMPTY);
  assertEquals((await document).status, "ok");
  assertEquals([chain.said, chain.clock.waiting], [[NOTICE], 0]);
});

Deno.test("readDocument() says nothing of the wait in a chain", async () => {
  const chain = new FakeChain();
  chain.hasWriter = true;
  const document = chain.read();
  await chain.clock.advance(3_600_000);
  chain.hand(EMPTY);
  assertEquals([(await document).status, chain.said], ["ok", []]);
});

Deno.test("readDocument() waits no longer than its timeout", async (t) => {
  const cases: [input: string | null, timeout: number, notices: string[], message: string][] = [
    [null, 1, [], "no document came on standard input within 1 s"],
    [null, 3, [NOTICE], "no document came on standard input within 3 s"],
    ["/fd/3", 3, ["waiting for a document from /fd/3"], "no document came from /fd/3 within 3 s"],
  ];
  for (const [input, timeout, notices, message] of cases) {
    await t.step(message, async () => {
      const chain = new FakeChain();
      const wait = assertRejects(() => chain.read({ input, timeout }), Failure, message);
      await chain.clock.advance(timeout * 1000 - 1);
      assertEquals([chain.said, chain.clock.waiting], [notices, 1]);
      await chain.clock.advance(1);
      assertEquals((await wait).code, "document-missing");
      assertEquals(chain.clock.waiting, 0);
    });
  }
});

Deno.test("readDocument() gives the command before it a moment after ^C", async (t) => {
  const reason = new DOMException("stopped by SIGINT", "AbortError");
  await t.step("which is enough", async () => {
    const chain = new FakeChain();
    const document = chain.read({ timeout: 60 });
    await chain.clock.advance(1000);
    chain.controller.abort(reason);
    await chain.clock.advance(1999);
    assertEquals(chain.said, [STOPPING]);
    chain.hand(EMPTY);
    assertEquals((await document).status, "ok");
  });
  await t.step("which is not enough", async () => {
    const chain = new FakeChain();
    const wait = assertRejects(() => chain.read(), DOMException, "stopped by SIGINT");
    await chain.clock.advance(5000);
    chain.controller.abort(reason);
    await chain.clock.advance(2000);
    await wait;
    assertEquals([chain.said, chain.clock.waiting], [[NOTICE, STOPPING], 0]);
  });
  await t.step("also where ^C came before", async () => {
    const chain = new FakeChain();
    chain.controller.abort(reason);
    const document = chain.read();
    await chain.clock.advance(1);
    chain.hand(EMPTY);
    assertEquals((await document).status, "ok");
  });
});

Deno.test("readDocument() throws what reading throws, also after it wondered", async () => {
  const chain = new FakeChain();
  const failure = new Failure("file-unreadable", { message: "/a: it fails", hint: "mend it" });
  const wait = assertRejects(() => chain.read({ input: "/a" }), Failure, "/a: it fails");
  await chain.clock.advance(2000);
  chain.fail(failure);
  await wait;
  assertEquals(chain.clock.waiting, 0);
});
