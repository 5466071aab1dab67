import { assert, assertEquals, assertRejects } from "@std/assert";
import { Failure } from "../../../lib/document/problems.ts";
import { LockFile, textIfLocked } from "../../../lib/io/lock.ts";
import { Root } from "../../../lib/io/root.ts";
import { isThere, standStill, succeeds } from "../../kit.ts";
import { temporaryDirectory } from "../../temporary.ts";

const STATE = "/var/lib/pitboot";
const PATH = `${STATE}/lock`;

Deno.test("LockFile makes the file and its directory for nobody else, whatever the umask", async (t) => {
  for (const umask of [0o000, 0o022, 0o077, 0o277]) {
    await t.step(umask.toString(8), async () => {
      using temporary = temporaryDirectory();
      const { directory } = temporary;
      Deno.mkdirSync(`${directory}/var/lib`, { recursive: true });
      const usual = Deno.umask(umask);
      try {
        using _held = await new LockFile(new Root(directory), PATH, "hint").hold();
      } finally {
        Deno.umask(usual);
      }
      assertEquals(modesOf(directory), { [STATE]: "700", [PATH]: "600" });
    });
  }
});

Deno.test("LockFile takes the rights of others from a file that is there", async () => {
  using temporary = temporaryDirectory();
  const { directory } = temporary;
  Deno.mkdirSync(directory + STATE, { recursive: true });
  Deno.chmodSync(directory + STATE, 0o750);
  Deno.writeTextFileSync(directory + PATH, "");
  Deno.chmodSync(directory + PATH, 0o666);
  using _held = await new LockFile(new Root(directory), PATH, "hint").hold();
  assertEquals(modesOf(directory), { [STATE]: "750", [PATH]: "600" });
});

Deno.test("LockFile refuses with a sentence what is no lock, and makes nothing", async (t) => {
  const cases: [name: string, arrange: (directory: string) => void, message: string][] = [
    ["a link to nothing", (directory) => {
      Deno.symlinkSync(`${directory}/outside`, directory + PATH);
    }, `${PATH} cannot be written: is not a regular file but a link`],
    ["a link to a file", (directory) => {
      Deno.writeTextFileSync(`${directory}/other`, "theirs");
      Deno.symlinkSync(`${directory}/other`, directory + PATH);
    }, `${PATH} cannot be written: is not a regular file but a link`],
    ["a directory", (directory) => {
      Deno.mkdirSync(directory + PATH);
    }, `${PATH} cannot be written: is a directory`],
    ["a FIFO", (directory) => {
      assert(new Deno.Command("mkfifo", { args: [directory + PATH] }).outputSync().success);
    }, `${PATH} cannot be written: is not a regular file but a FIFO`],
    ["a link to nothing in the place of the directory", (directory) => {
      Deno.removeSync(directory + STATE);
      Deno.symlinkSync(`${directory}/outside`, directory + STATE);
    }, `${STATE} cannot be written: does not exist`],
    ["a file in the place of the directory", (directory) => {
      Deno.removeSync(directory + STATE);
      Deno.writeTextFileSync(directory + STATE, "");
    }, `${STATE} cannot be written: is not a directory`],
    ["a directory that anybody may write to", (directory) => {
      Deno.chmodSync(directory + STATE, 0o777);
    }, `${STATE} cannot be written: it is not private: others than its owner may write to it`],
  ];
  for (const [name, arrange, message] of cases) {
    await t.step(name, async () => {
      using temporary = temporaryDirectory();
      const { directory } = temporary;
      Deno.mkdirSync(directory + STATE, { recursive: true });
      arrange(directory);
      const names = namesBelow(directory);
      const failure = await assertRejects(
        () => new LockFile(new Root(directory), PATH, "do this").hold(),
        Failure,
      );
      assertEquals([failure.code, failure.message, failure.details.hint], [
        "file-unwritable",
        message,
        "do this",
      ]);
      assertEquals(namesBelow(directory), names);
    });
  }
});

Deno.test("LockFile says why a file cannot be locked", async () => {
  using temporary = temporaryDirectory();
  const { lock: original } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.lock = () =>
    Promise.reject(new Error("No locks available (os error 37): flock"));
  try {
    const failure = await assertRejects(
      () => new LockFile(new Root(temporary.directory), PATH, "do this").hold(),
      Failure,
    );
    assertEquals([failure.code, failure.message, failure.details.hint], [
      "file-unwritable",
      `${PATH} cannot be locked: no locks available`,
      "do this",
    ]);
  } finally {
    Deno.FsFile.prototype.lock = original;
  }
});

Deno.test("LockFile waits for whoever holds it, and makes it anew if that one has removed it", async (t) => {
  const cases: [name: string, change: (directory: string) => void][] = [
    ["it stays", () => {}],
    ["it is removed", (directory) => Deno.removeSync(directory + PATH)],
    ["its directory is removed", (directory) => {
      Deno.removeSync(`${directory}/var`, { recursive: true });
    }],
    ["another one is in its place", (directory) => {
      Deno.removeSync(directory + PATH);
      Deno.writeTextFileSync(directory + PATH, "");
    }],
  ];
  for (const [name, change] of cases) {
    await t.step(name, async () => {
      using temporary = temporaryDirectory();
      const { directory } = temporary;
      const root = new Root(directory);
      const held = await new LockFile(root, PATH, "hint").hold();
      const waiting = new LockFile(root, PATH, "hint").hold();
      assertEquals(canLock(directory), false);
      change(directory);
      held[Symbol.dispose]();
      using _held = await waiting;
      assertEquals([isThere(directory + PATH), canLock(directory)], [true, false]);
    });
  }
});

Deno.test("LockFile has a lock that is free, however long we stand still meanwhile", async () => {
  using temporary = temporaryDirectory();
  const root = new Root(temporary.directory);
  const holders: string[] = [];
  const hold = new LockFile(root, PATH, "hint").hold({ whenHeld: (note) => holders.push(note) });
  standStill(500);
  using _held = await hold;
  assertEquals(holders, []);
});

Deno.test("textIfLocked takes nobody for a holder, however long we stand still meanwhile", async () => {
  using temporary = temporaryDirectory();
  const root = new Root(temporary.directory);
  Deno.writeTextFileSync(`${temporary.directory}/lock`, "of somebody who has ended");
  const text = textIfLocked(root, "/lock");
  standStill(500);
  assertEquals(await text, null);
});

/** Whether somebody else could lock what is there. */
function canLock(directory: string): boolean {
  return succeeds("flock", "--nonblock", directory + PATH, "true");
}

/** The modes of all that is not for everybody. */
function modesOf(directory: string): Record<string, string> {
  return Object.fromEntries(
    [STATE, PATH].map((path) => {
      return [path, ((Deno.statSync(directory + path).mode ?? 0) & 0o7777).toString(8)];
    }),
  );
}

/** What is where; a FIFO is not read. */
function namesBelow(directory: string): string[] {
  const state = isThere(`${directory}${STATE}/.`) ? [...Deno.readDirSync(directory + STATE)] : [];
  return [
    ...[...Deno.readDirSync(directory)].map(({ name }) => name),
    ...state.map(({ name, isFile }) => `${name} ${isFile}`),
  ].sort();
}
