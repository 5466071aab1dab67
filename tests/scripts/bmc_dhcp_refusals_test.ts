import { assertEquals, assertMatch } from "@std/assert";
import { changeBmc, pitboot, temporaryPit } from "../kit.ts";

/** What a BMC answers: bytes in hexadecimal, or `rsp=0x…`, a refusal. */
interface Answers {
  readonly channel: string;
  readonly source: string;
  readonly reset: string;
}

const WELL: Answers = { channel: "01 04 01 80 f2 1b 00 00 00", source: "11 02", reset: "" };

Deno.test("bmc-dhcp says what a BMC refuses, and what to do", async (t) => {
  const cases: [
    name: string,
    answers: Partial<Answers>,
    args: string[],
    state: string,
    message: RegExp,
  ][] = [
    [
      "to say its channel",
      { channel: "rsp=0xc1" },
      [],
      "failed",
      /^the BMC does not say which LAN channel this is$/,
    ],
    [
      "to say where its address comes from",
      { source: "rsp=0xc1" },
      ["--channel=3"],
      "failed",
      /^channel 3: cannot read where its address comes from: it refused \(code 0xc1: .*\)$/,
    ],
    [
      "to say it in words of IPMI",
      { source: "11" },
      ["--channel=2"],
      "failed",
      /^channel 2: cannot read where its address comes from: it says something else$/,
    ],
    [
      "to say it to this user",
      { source: "rsp=0xd4" },
      [],
      "denied",
      /^refused \(code 0xd4: insufficient privilege\)$/,
    ],
    [
      "to be reset",
      { reset: "rsp=0xc1" },
      ["--reset"],
      "failed",
      /^on DHCP, but it refused to be reset \(code 0xc1: .*\)$/,
    ],
    ["nothing", {}, ["--reset"], "reset", /^was on DHCP already$/],
  ];
  for (const [name, answers, args, state, message] of cases) {
    await t.step(name, async () => {
      using pit = temporaryPit();
      changeBmc(pit, "ncn-w002", answering({ ...WELL, ...answers }));
      const { document } = await pitboot(pit, ["bmc-dhcp", "--nodes", "ncn-w002", ...args]);
      const [bmc] = document.bmcs ?? [];
      assertEquals(bmc?.state, state, bmc?.message ?? "");
      assertMatch(bmc?.message ?? "", message);
    });
  }
});

/** The shell of a BMC that is on DHCP and answers so. */
function answering({ channel, source, reset }: Answers): string {
  const say = (answer: string): string =>
    answer.startsWith("rsp=")
      ? `echo 'Unable to send RAW command (channel=0x0 netfn=0x0 lun=0x0 cmd=0x0 ${answer}): x' >&2`
      : `echo ' ${answer}'`;
  return `printf 'ipmitool> '
    while read -r command; do echo "$command"; case $command in
    'raw 0x06 0x42 '*) ${say(channel)} ;;
    'raw 0x0c 0x02 '*) ${say(source)} ;;
    'raw 0x06 0x02') ${say(reset)} ;;
    exit) exit ;; esac; printf 'ipmitool> '; done; exit`;
}
