import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { leaseLine } from "../../tools/pit/system.ts";
import { callInProcess } from "../in_process.ts";
import { startInProcess } from "../late.ts";
import {
  giveLeases,
  isWatching,
  leasesOf,
  problemOf,
  resultOf,
  startPitboot,
  type TemporaryPit,
  temporaryPit,
  until,
} from "../kit.ts";
import { checkManners, refuse, type Words } from "../refusals.ts";

const LEASES = "/var/lib/misc/dnsmasq.leases";
const ONCE: Words = ["wait-leases", "--timeout", "0"];

/** What is done to a PIT. */
type Arrange = (pit: TemporaryPit) => void;

Deno.test("wait-leases refuses files that are wrong", async (t) => {
  const write = (text: string) => (pit: TemporaryPit): void =>
    Deno.writeTextFileSync(leasesOf(pit), text);
  await refuse(t, ONCE, [
    {
      name: "no leases",
      arrange: (pit) => Deno.removeSync(leasesOf(pit)),
      code: 1,
      problem: "file-missing",
      message: `${LEASES}: does not exist`,
      hint: /dnsmasq/,
    },
    {
      name: "a directory in place of the leases",
      arrange: (pit) => {
        Deno.removeSync(leasesOf(pit));
        Deno.mkdirSync(leasesOf(pit));
      },
      code: 1,
      problem: "file-unreadable",
      message: `${LEASES}: is a directory`,
    },
    {
      name: "a line that is no lease",
      arrange: write("0 b4:2e:99:00:00:02 10.254.1.4 ncn-m002-mgmt *\n0 zz 10.1.1.1 x *\n"),
      code: 1,
      problem: "file-invalid",
      message: /^\/var\/lib\/misc\/dnsmasq\.leases:2: "0 zz 10\.1\.1\.1 x \*" is not a lease/,
    },
    {
      name: "no statics.conf",
      arrange: ({ root }) => Deno.removeSync(`${root}/etc/dnsmasq.d/statics.conf`),
      code: 1,
      problem: "file-missing",
      message: "/etc/dnsmasq.d/statics.conf: does not exist",
    },
    {
      name: "a node that statics.conf does not know",
      args: [...ONCE, "--nodes", "ncn-w01"],
      code: 2,
      problem: "input-missing",
      message: "/etc/dnsmasq.d/statics.conf has no node ncn-w01; did you mean ncn-w001?",
    },
  ]);
});

Deno.test("wait-leases names who is missing and whom nobody expected", async () => {
  using pit = temporaryPit({ leased: true });
  const node = pit.nodes.find(({ name }) => name === "ncn-w002");
  const text = Deno.readTextFileSync(leasesOf(pit));
  const mistyped = "b4:2e:99:00:00:50 10.254.9.9 *";
  Deno.writeTextFileSync(
    leasesOf(pit),
    text.replace(`${node?.bmcMac} ${node?.bmcIp} ncn-w002-mgmt`, mistyped),
  );
  const { code, document, stderr } = await callInProcess(pit, ["wait-leases", "--timeout", "1s"]);
  assertEquals(code, 124);
  assertEquals(document.status, "partial");
  const missing = problemOf(document, "leases-missing");
  assertEquals(
    missing.message.replace(/after \d+ s/, "after 1 s"),
    `1 of 9 BMCs has no lease after 1 s:\n    ncn-w002-mgmt  ${node?.bmcMac}  ${node?.bmcIp}`,
  );
  assertEquals(missing.nodes, ["ncn-w002"]);
  const unexpected = problemOf(document, "leases-unexpected");
  assertEquals(
    unexpected.message,
    `unexpected leases in ${LEASES}:\n    b4:2e:99:00:00:50  10.254.9.9`,
  );
  assertMatch(unexpected.hint ?? "", /ncn-w002-mgmt.*MAC.*statics\.conf/);
  assertStringIncludes(stderr, missing.message);
});

Deno.test("wait-leases reports a BMC that statics.conf does not know", async () => {
  using pit = temporaryPit({ leased: true });
  const line = "0 02:00:00:00:00:01 10.254.9.9 ncn-w099-mgmt *\n";
  Deno.writeTextFileSync(leasesOf(pit), line, { append: true });
  const { code, document } = await callInProcess(pit, ONCE);
  assertEquals(code, 0);
  assertMatch(document.problems.map(({ message }) => message).join("\n"), /ncn-w099-mgmt/);
  assertEquals(document.leases?.length, 9);
});

Deno.test("wait-leases names lines of statics.conf that can be doubted, and goes on", async () => {
  using pit = temporaryPit({ leased: true });
  const path = `${pit.root}/etc/dnsmasq.d/statics.conf`;
  const { length } = Deno.readTextFileSync(path).split("\n");
  Deno.writeTextFileSync(
    path,
    [
      "dhcp-host=b4:2e:99:00:00:99,10.254.1.99,ncn/w009-mgmt,20m",
      "dhcp-host=de:ad:be:ef:00:00,10.1.1.90,ncn-w001,20m",
      "dhcp-host=de:ad:be:ef:00:00,10.1.1.91,ncn-w002,20m",
      "dhcp-host=TBD,10.254.1.98,ncn-w008-mgmt,20m",
      "",
    ].join("\n"),
    { append: true },
  );
  const { code, document } = await callInProcess(pit, ONCE);
  const doubts = document.problems.filter(({ code }) => code === "statics-doubtful");
  assertEquals(doubts.map(({ message, nodes }) => [message.split(": ")[0], nodes]), [
    [`/etc/dnsmasq.d/statics.conf:${length}`, []],
    [`/etc/dnsmasq.d/statics.conf:${length + 3}`, ["ncn-w008"]],
  ]);
  assertEquals([code, document.missing, document.leases?.length], [124, ["ncn-w008-mgmt"], 9]);
});

Deno.test("wait-leases does not wait for nodes that are left out", async () => {
  using pit = temporaryPit({ leased: true });
  const text = Deno.readTextFileSync(leasesOf(pit)).replace(/^.*ncn-w002-mgmt.*\n/m, "");
  Deno.writeTextFileSync(leasesOf(pit), text);
  const excluded = await callInProcess(pit, ["wait-leases", "--exclude", "ncn-w002"]);
  assertEquals([excluded.code, excluded.document.leases?.length], [0, 8]);
  const both = ["--exclude", "ncn-w002", "--exclude", "ncn-s[001-002]"];
  const apart = await callInProcess(pit, ["wait-leases", ...both]);
  assertEquals([apart.code, apart.document.leases?.length], [0, 6]);
  const chosen = await callInProcess(pit, ["wait-leases", "--nodes", "ncn-w[001,003]"]);
  assertEquals(chosen.document.leases?.map(({ bmc }) => bmc), ["ncn-w001-mgmt", "ncn-w003-mgmt"]);
});

Deno.test("wait-leases sees what becomes of the file while it waits", async (t) => {
  const ways: [name: string, write: (path: string, lines: string[]) => void][] = [
    ["a line that is appended", (path, lines) => {
      Deno.writeTextFileSync(path, lines.at(-1) ?? "", { append: true });
    }],
    ["a file that is rewritten in place", (path, lines) => {
      Deno.writeTextFileSync(path, lines.join(""));
    }],
    ["a file that takes its place", (path, lines) => {
      Deno.writeTextFileSync(`${path}.new`, lines.join(""));
      Deno.renameSync(`${path}.new`, path);
    }],
    ["a line in two halves", (path, lines) => {
      const line = lines.at(-1) ?? "";
      Deno.writeTextFileSync(path, line.slice(0, 20), { append: true });
      Deno.writeTextFileSync(path, line.slice(20), { append: true });
    }],
  ];
  for (const [name, write] of ways) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      const wait = startInProcess(pit, ["wait-leases"]);
      await until(() => wait.stderr.includes("waiting up to"));
      const lines = pit.nodes.slice(1).map((node) => leaseLine(node));
      for (const i of lines.keys()) {
        write(leasesOf(pit), lines.slice(0, i + 1));
        await until(() => wait.stderr.includes(` (${i + 1} of 9)`));
      }
      const { code, document, stderr } = await wait.end;
      assertEquals(code, 0);
      assertEquals(document.leases?.length, 9);
      assertMatch(stderr, /ncn-s003-mgmt has a lease: 10\.254\.1\.20 \(9 of 9\)/);
    });
  }
});

const ABSENT = `${LEASES} does not exist: no leases yet (systemctl status dnsmasq)`;

Deno.test("wait-leases waits for a file of leases that is not there", async (t) => {
  const directoryOf = (pit: TemporaryPit): string => leasesOf(pit).replace(/\/[^/]+$/, "");
  const removeFile = (pit: TemporaryPit): void => Deno.removeSync(leasesOf(pit));
  const removeDirectory = (pit: TemporaryPit): void =>
    Deno.removeSync(directoryOf(pit), { recursive: true });
  const ways: [name: string, before: Arrange, during: Arrange | null][] = [
    ["no file at first", removeFile, null],
    ["no directory at first", removeDirectory, null],
    ["a file that goes again", removeFile, removeFile],
    ["a directory that goes", removeFile, removeDirectory],
    ["a directory that goes again", removeDirectory, removeDirectory],
  ];
  for (const [name, before, during] of ways) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      const lines = pit.nodes.slice(1).map((node) => leaseLine(node));
      const write = (count: number): void => {
        Deno.mkdirSync(directoryOf(pit), { recursive: true });
        Deno.writeTextFileSync(leasesOf(pit), lines.slice(0, count).join(""));
      };
      before(pit);
      const said = startInProcess(pit, ["wait-leases"]);
      const times = (): number => said.stderr.split(ABSENT).length - 1;
      await until(() => times() === 1);
      if (during) {
        write(2);
        await until(() => said.stderr.includes("ncn-m003-mgmt has a lease: "));
        during(pit);
        await until(() => times() === 2);
      }
      write(9);
      const { code, document, stderr } = await said.end;
      assertEquals(code, 0, stderr);
      assertEquals([document.leases?.length, document.problems], [9, []]);
      assertMatch(stderr, /ncn-s003-mgmt has a lease: 10\.254\.1\.20 \(9 of 9\)/);
      assert(!stderr.includes("lost its lease"), stderr);
      assertEquals(times(), during ? 2 : 1, stderr);
    });
  }
});

Deno.test("wait-leases times out as usual while the file of leases is not there", async () => {
  using pit = temporaryPit({ leased: true });
  Deno.removeSync(leasesOf(pit));
  const result = await callInProcess(pit, ["wait-leases", "--timeout", "1s"]);
  assertEquals(result.code, 124);
  assertEquals(result.document.leases, []);
  const { message, hint, nodes } = problemOf(result.document, "leases-missing");
  assertMatch(message, /^9 of 9 BMCs have no lease after \d+ s:/);
  assertEquals([nodes.length, result.document.missing?.length], [9, 9]);
  assertStringIncludes(hint ?? "", `${LEASES} did not exist`);
  assertEquals(result.stderr.split(ABSENT).length - 1, 1, result.stderr);
  checkManners(result, pit);
});

Deno.test("wait-leases ends at once if the file of leases cannot be read", async (t) => {
  const cases: [name: string, problem: string, arrange: Arrange][] = [
    ["a directory in its place", "file-unreadable", (pit) => Deno.mkdirSync(leasesOf(pit))],
    ["a link to itself", "file-unreadable", (pit) => {
      Deno.symlinkSync("dnsmasq.leases", leasesOf(pit));
    }],
    ["something else", "file-invalid", (pit) => {
      Deno.writeTextFileSync(leasesOf(pit), "0 what is this\n");
    }],
    ["a file where its directory should be", "file-unreadable", (pit) => {
      const directory = leasesOf(pit).replace(/\/[^/]+$/, "");
      Deno.removeSync(directory);
      Deno.writeTextFileSync(directory, "");
    }],
  ];
  for (const [name, problem, arrange] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit({ leased: true });
      Deno.removeSync(leasesOf(pit));
      arrange(pit);
      const result = await callInProcess(pit, ["wait-leases", "--timeout", "60s"]);
      assertEquals(result.code, 1);
      problemOf(result.document, problem);
      checkManners(result, pit);
    });
  }
});

Deno.test("wait-leases is not fooled by a file that is being written", async () => {
  using pit = temporaryPit({ leased: true });
  const lines = Deno.readTextFileSync(leasesOf(pit));
  const partial = lines.replace(/^.*ncn-w002-mgmt.*\n/m, "");
  using file = Deno.openSync(leasesOf(pit), { write: true });
  const rewrite = (text: string): void => {
    file.truncateSync();
    file.seekSync(0, Deno.SeekMode.Start);
    file.writeSync(new TextEncoder().encode(text.slice(0, 50)));
    file.writeSync(new TextEncoder().encode(text.slice(50)));
  };
  const child = startPitboot(pit, ["wait-leases"], { stdin: "null" });
  const result = resultOf(child);
  await until(() => {
    rewrite(partial);
    return isWatching(child);
  });
  for (let i = 0; i < 500; i++) {
    rewrite(partial);
    await new Promise((resolve) => setTimeout(resolve));
  }
  rewrite(lines);
  const { code, document, stderr } = await result;
  assertEquals(code, 0);
  assertEquals(document.leases?.length, 9);
  assertEquals(stderr.match(/has lost its lease/g), null);
  assertEquals(document.problems, []);
});

Deno.test("wait-leases ends at ^C with what it saw", async () => {
  using pit = temporaryPit({ leased: true });
  const text = Deno.readTextFileSync(leasesOf(pit)).replace(/^.*ncn-w002-mgmt.*\n/m, "");
  Deno.writeTextFileSync(leasesOf(pit), text);
  const child = startPitboot(pit, ["wait-leases", "--verbose"], { stdin: "null" });
  await until(() => isWatching(child));
  child.kill("SIGINT");
  const result = await resultOf(child);
  assertEquals(result.code, 130);
  assertEquals(result.document.status, "failed");
  assertEquals(result.document.missing, ["ncn-w002-mgmt"]);
  assertEquals(result.document.leases?.length, 8);
  problemOf(result.document, "interrupted");
  checkManners(result, pit);
});

Deno.test("wait-leases says that the leases were replaced under dnsmasq", async () => {
  using pit = temporaryPit();
  const path = leasesOf(pit);
  const wait = startInProcess(pit, ["wait-leases"]);
  await until(() => wait.stderr.includes("waiting up to"));
  const names = pit.nodes.slice(1).map(({ name }) => name);
  giveLeases(pit, names.slice(0, 1));
  await until(() => wait.stderr.includes("1 of 9"));
  // As sed -i does.
  Deno.copyFileSync(path, `${path}.new`);
  Deno.renameSync(`${path}.new`, path);
  await until(() => wait.stderr.includes("hint: systemctl restart dnsmasq"));
  giveLeases(pit, names.slice(1));
  const { code, document } = await wait.end;
  assertEquals(code, 0);
  assertMatch(problemOf(document, "leases-replaced").message, /dnsmasq\.leases was replaced/);
});
