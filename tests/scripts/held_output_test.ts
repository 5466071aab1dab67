import { assertEquals, assertMatch } from "@std/assert";
import { changeBmc, leasesOf, shell, temporaryPit } from "../kit.ts";
import { testWith } from "../needs.ts";

/** Makes a pipe narrow (1031: F_SETPIPE_SZ). */
const NARROW = "perl -e 'fcntl(STDOUT, 1031, 4096)'";
/** Fills it to the last byte, by an opening of its own: that of others still waits for room. */
const FILL = `perl -MFcntl -e '
  sysopen(PIPE, "/proc/self/fd/1", O_WRONLY | O_NONBLOCK) or die;
  1 while syswrite(PIPE, "\\n")'`;

testWith("a reader that sleeps until all is done holds up nothing", ["perl-base"], async () => {
  using pit = temporaryPit();
  const [asked, full] = [`${pit.directory}/asked`, `${pit.directory}/full`];
  for (const { name } of pit.nodes) {
    changeBmc(pit, name, `touch ${asked}; until [ -e ${full} ]; do sleep 0.1; done; wait=0`);
  }
  const filler = `until [ -e ${asked} ]; do sleep 0.1; done; ${FILL}; touch ${full}`;
  const isDone = `[ "$(grep -c . ${leasesOf(pit)})" = 9 ] && ` +
    `[ "$(ls ${pit.root}/var/www | grep -c '^ncn')" = 9 ]`;
  // As `pitboot run 2>&1 | less`, with somebody who reads the first page for long.
  const { stdout } = await shell(
    pit,
    `{ ${NARROW}; { ${filler}; } & pitboot run --bmc-timeout 10m 2>&1; echo "exit $?"; } |
     { until ${isDone}; do sleep 0.1; done; cat; }`,
  );
  assertMatch(stdout, /9 of 9 BMCs are switched to DHCP\n[^]*www is ready\.\n[^]*exit 0\n$/);
  assertEquals(stdout.match(/exit/g)?.length, 1);
});
