/**
 * The part of the bench about check: beside one curl and many with the same addresses.
 *
 * @module
 */

// What tests need of Apache is needed here.
import { whyNot } from "../tests/needs.ts";
import { startApache } from "../tests/system/apache.ts";
import type { Bench, Compiled, Row } from "./bench_binary.ts";
import { peakMegabytes } from "./bench_start.ts";
import type { Pit } from "./pit/make_pit.ts";

/** Of so many addresses one is asked for by a curl of its own: all of them take minutes. */
const TENTH = 10;
const FILES = ["script.ipxe", "initrd.img.xz", "kernel", "rootfs"];

/**
 * Measures check where all is well.
 *
 * @param bench What it lends us.
 * @param compiled What to measure.
 * @param pit The nodes; they are set up here.
 */
export async function checkRows(bench: Bench, compiled: Compiled, pit: Pit): Promise<Row[]> {
  const reason = whyNot(["apache2-bin", "curl"]);
  if (reason) {
    console.error(reason);
    return [];
  }
  const names = pit.nodes.slice(1).map(({ name }) => name);
  await bench.medians([`${compiled.own} run -q --root=${pit.root}`], { runs: 1 });
  // Apache's children are somebody else.
  const own = await Deno.makeTempDir({ prefix: "pitboot-bench-apache-" });
  for (const path of [own, `${pit.root}/..`, `${pit.root}/../..`]) await Deno.chmod(path, 0o755);
  try {
    await using apache = await startApache(own, `${pit.root}/var/www`);
    const urls = names.flatMap((name) => FILES.map((file) => `http://pit/${name}/${file}`));
    const lists = writeLists(bench.directory, urls, apache.server);
    const check = `${compiled.own} check -q --root=${pit.root} --web-server=${apache.server}`;
    const [ours = 0, curl = 0, nothing = 0] = await bench.medians(
      [check, `curl -q -K ${lists.config}`, compiled.nothing],
      { runs: 10 },
    );
    const [many = 0] = await bench.medians([`sh ${lists.many}`], { runs: 1 });
    const most = 3 * nothing + 1.2 * curl;
    return [
      { what: `check, ${names.length} nodes, ${urls.length} HEADs`, seconds: ours, target: "" },
      { what: "one curl with the same addresses", seconds: curl, target: "" },
      { what: "xargs -P 64 curl with a tenth of them", seconds: many, target: "" },
      {
        what: "check : 3 empty programs + 1.2 curl",
        seconds: ours / most,
        target: "ratio, at most 1",
      },
      { what: "ten of that : check", seconds: TENTH * many / ours, target: "ratio, at least 12" },
      {
        what: `check, ${names.length} nodes, peak memory in MB`,
        seconds: await peakMegabytes(check),
        target: "at most 120 MB",
      },
    ];
  } finally {
    await Deno.remove(own, { recursive: true });
  }
}

/** What one curl reads, and a script that starts one for each address. */
function writeLists(
  directory: string,
  urls: readonly string[],
  server: string,
): { config: string; many: string } {
  const [config, list, many] = [`${directory}/heads`, `${directory}/urls`, `${directory}/many.sh`];
  const options = ["head", "silent", `connect-to = "::${server}"`];
  Deno.writeTextFileSync(config, [...options, ...urls.map((url) => `url = "${url}"`)].join("\n"));
  Deno.writeTextFileSync(list, urls.filter((_, i) => i % TENTH === 0).join("\n"));
  const each = `curl -q -sI --connect-to ::${server}`;
  Deno.writeTextFileSync(many, `xargs -P 64 -n 1 ${each} <${list} >/dev/null\n`);
  return { config, many };
}
