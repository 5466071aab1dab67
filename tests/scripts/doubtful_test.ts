import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RELEASE } from "../../tools/pit/make_pit.ts";
import { addNewer, change, leasedPit } from "../changes.ts";
import { callInProcess } from "../in_process.ts";
import { problemOf, withoutRoot } from "../kit.ts";

const CSM = { CSM_RELEASE: "1.6.2" };
const NO_PASSWORD = { IPMI_PASSWORD: "" };

Deno.test("a CSM_RELEASE that was forgotten is said before anything is done, and how to keep it", async (t) => {
  using pit = leasedPit();
  await change(pit, ["set-links"], CSM);
  const message =
    "CSM_RELEASE is not set: rd.live.dir=1.6.2 is taken out of /var/www/boot/script.ipxe and ncn-m[002-003],ncn-s[001-003],ncn-w[001-004]";
  await t.step("by status, whose commands keep it", async () => {
    Deno.removeSync(`${pit.www}/ncn-w001/kernel`);
    const { document } = await callInProcess(pit, ["status", "--json"]);
    const { hint } = problemOf(document, "node-not-whole");
    assertMatch(withoutRoot(pit, hint), /^CSM_RELEASE=1\.6\.2 pitboot run --nodes ncn-w001 sets/);
    assertEquals(new Set(document.nodes?.map(({ liveDir }) => liveDir)), new Set(["1.6.2"]));
  });
  await t.step("by a dry run", async () => {
    const document = await change(pit, ["run", "-n"]);
    const dropped = problemOf(document, "release-dropped");
    assertEquals(dropped.message, message);
    assertEquals(
      withoutRoot(pit, dropped.hint).replace(/ --root=\S+/, ""),
      "CSM_RELEASE=1.6.2 pitboot run --json -n keeps it",
    );
  });
  await t.step("by a run, first of all and last of all", async () => {
    const { stderr, code } = await callInProcess(pit, ["run"], { env: NO_PASSWORD });
    assertEquals(code, 0, stderr);
    const lines = stderr.split("\n").filter((line) => line !== "");
    assertEquals(lines[0], `pitboot run: warning: ${message}`);
    assertMatch(
      lines.at(-1) ?? "",
      /^pitboot run: rd\.live\.dir=1\.6\.2 was taken out of .*; CSM_RELEASE=1\.6\.2 pitboot run --root=\S+ puts it back$/,
    );
    assert(!Deno.readTextFileSync(`${pit.www}/boot/script.ipxe`).includes("rd.live.dir"));
  });
  await t.step("and not where there is nothing to take out", async () => {
    const document = await change(pit, ["run", "-n"]);
    assertEquals(document.problems.filter(({ code }) => code === "release-dropped"), []);
  });
  await t.step("nodes that differ are shown by status", async () => {
    await change(pit, ["set-links", "--nodes", "ncn-w001"], CSM);
    const { document } = await callInProcess(pit, ["status", "--json"]);
    assertEquals(problemOf(document, "live-dirs-differ").message.split("\n"), [
      "nodes keep their images in different places:",
      "    (default)          ncn-m[002-003],ncn-s[001-003],ncn-w[002-004]",
      "    rd.live.dir=1.6.2  ncn-w001",
    ]);
    // The script of all has it: without it, only that one loses it.
    const dropped = problemOf(await change(pit, ["run", "-n"]), "release-dropped");
    assertEquals(dropped.nodes, ["ncn-w001"]);
  });
});

Deno.test("status says that the shell script lies again where pitboot was installed", async (t) => {
  using pit = leasedPit();
  await change(pit, ["set-links"]);
  const path = "/root/bin/set-sqfs-links.sh";
  Deno.mkdirSync(`${pit.root}/root/bin`, { recursive: true });
  const record = {
    items: { [path]: ["-> pitboot"] },
    folders: [],
    originals: { [path]: "sha256:1" },
  };
  Deno.writeTextFileSync(`${pit.root}/var/lib/pitboot/install.json`, JSON.stringify(record));
  const said = async (): Promise<string[]> => {
    const { document } = await callInProcess(pit, ["status", "--json"]);
    return document.problems.map(({ code, hint }) => `${code}: ${withoutRoot(pit, hint)}`);
  };
  await t.step("not of a link", async () => {
    Deno.symlinkSync("pitboot", pit.root + path);
    assertEquals(await said(), []);
  });
  await t.step("of a script, which install puts aside", async () => {
    Deno.removeSync(pit.root + path);
    Deno.writeTextFileSync(pit.root + path, "#!/bin/bash\n");
    assertEquals(await said(), [
      `install-replaced: pitboot install keeps it as ${path}.orig, and puts pitboot back`,
    ]);
  });
  await t.step("with both names, where one lies aside already", async () => {
    Deno.writeTextFileSync(`${pit.root}${path}.orig`, "#!/bin/sh\n");
    assertEquals(await said(), [
      `install-replaced: ${path}.orig is the one of before: move one of them away; then pitboot install`,
    ]);
  });
});

Deno.test("a part of a role that gets another release than the others is named", async (t) => {
  using pit = leasedPit();
  await change(pit, ["set-links"]);
  addNewer(pit);
  const part = ["--nodes", "ncn-w003"] as const;
  await t.step("with the command that keeps them together", async () => {
    for (const words of [["run", "-n", ...part], ["set-links", ...part, "-n"]] as const) {
      const { message, hint, nodes } = problemOf(await change(pit, words), "releases-part");
      assertEquals(nodes, ["ncn-w003"]);
      assertEquals(
        message,
        `ncn-w003 will boot kubernetes 1.6.2, unlike ncn-m[002-003],ncn-w[001-002,004] (${RELEASE})`,
      );
      assertStringIncludes(
        withoutRoot(pit, hint),
        `pitboot run --nodes ncn-w003 --release kubernetes=${RELEASE}`,
      );
    }
  });
  await t.step("not where the release was named, or all are selected", async () => {
    const named = ["run", "-n", ...part, "--release", "kubernetes=1.6.2"] as const;
    for (const words of [named, ["run", "-n"]] as const) {
      const { problems } = await change(pit, words);
      assertEquals(problems.filter(({ code }) => code === "releases-part"), []);
    }
  });
  await t.step("where theirs is gone, all can get the new one", async () => {
    Deno.removeSync(`${pit.root}/var/www/ephemeral/data/k8s/${RELEASE}`, { recursive: true });
    const { hint } = problemOf(await change(pit, ["run", "-n", ...part]), "releases-part");
    assertMatch(withoutRoot(pit, hint), /pitboot run --nodes ncn-w003,ncn-m\S+$/);
  });
});

Deno.test("status says which release run would give a node, and what keeps it from that", async (t) => {
  const squashfs = `/var/www/ephemeral/data/k8s/1.6.2/secure-kubernetes-1.6.2.squashfs`;
  const hintOf = async (pit: ReturnType<typeof leasedPit>): Promise<string> => {
    const { document } = await callInProcess(pit, ["status", "--json"]);
    return withoutRoot(pit, problemOf(document, "node-not-whole").hint);
  };
  await t.step("the older one, where the newer is gone", async () => {
    using pit = leasedPit();
    addNewer(pit);
    await change(pit, ["set-links"]);
    Deno.removeSync(`${pit.root}/var/www/ephemeral/data/k8s/1.6.2`, { recursive: true });
    assertMatch(await hintOf(pit), new RegExp(`^pitboot run .* sets them up with ${RELEASE}$`));
  });
  await t.step("that of the others, though there is a newer one", async () => {
    using pit = leasedPit();
    await change(pit, ["set-links"]);
    addNewer(pit);
    Deno.removeSync(`${pit.www}/ncn-w001/kernel`);
    assertEquals(
      await hintOf(pit),
      `pitboot run --nodes ncn-w001 --release kubernetes=${RELEASE} sets them up with ${RELEASE}`,
    );
  });
  await t.step("none, where run would refuse", async () => {
    using pit = leasedPit();
    addNewer(pit);
    await change(pit, ["set-links"]);
    Deno.chmodSync(pit.root + squashfs, 0o640);
    assertEquals(
      await hintOf(pit),
      `first: the kubernetes image 1.6.2 cannot be used: ${squashfs}: the web server cannot read it (chmod o+r); then pitboot run --nodes ncn-m[002-003],ncn-w[001-004]`,
    );
  });
});
