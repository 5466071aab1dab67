import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import {
  type AddressSource,
  answeredLate,
  CHANNEL_INFO,
  COLD_RESET,
  faultOf,
  getAddressSource,
  isUnanswered,
  parseAddressSource,
  parseChannelInfo,
  refusedCipher,
  setAddressSourceDhcp,
} from "../../../lib/bmc/ipmi.ts";
import type { BmcState } from "../../../lib/document/document.ts";
import { anyText, edited, wordsOf } from "../../testdata/texts.ts";

const NO_SESSION = "Error: Unable to establish IPMI v2 / RMCP+ session\n";
const OPEN_SESSION = "Error in open session response message : ";
const RAW = "Unable to send RAW command (channel=0x0 netfn=0xc lun=0x0 cmd=0x2";
const CHANNEL_1 = `Channel 0x1 info:
  Channel Medium Type   : 802.3 LAN
  Channel Protocol Type : IPMB-1.0
  Session Support       : multi-session
  Active Session Count  : 1
  Protocol Vendor ID    : 7154
`;

Deno.test("commands are as the IPMI specification wants them", async (t) => {
  for (const [channel, byte] of [[1, "0x01"], [10, "0x0a"], [15, "0x0f"]] as const) {
    await t.step(byte, () => {
      // 23.2: channel, parameter, no set, no block.
      assertEquals(getAddressSource(channel), `raw 0x0c 0x02 ${byte} 0x04 0x00 0x00`);
      // 23.1: begin, DHCP, commit, complete.
      assertEquals(setAddressSourceDhcp(channel), [
        `raw 0x0c 0x01 ${byte} 0x00 0x01`,
        `raw 0x0c 0x01 ${byte} 0x04 0x02`,
        `raw 0x0c 0x01 ${byte} 0x00 0x02`,
        `raw 0x0c 0x01 ${byte} 0x00 0x00`,
      ]);
    });
  }
  assertEquals([CHANNEL_INFO, COLD_RESET], ["channel info", "mc reset cold"]);
});

Deno.test("parseChannelInfo() reads the number of a LAN channel", async (t) => {
  const cases: [name: string, reply: string, channel: number | null][] = [
    ["channel 1", CHANNEL_1, 1],
    ["a hexadecimal number", CHANNEL_1.replace("0x1", "0xE"), 14],
    ["CRLF", CHANNEL_1.replaceAll("\n", "\r\n"), 1],
    ["a channel that is no LAN", CHANNEL_1.replace("802.3 LAN", "KCS"), null],
    ["a medium like it", CHANNEL_1.replace("802.3 LAN", "80213 LAN"), null],
    ["another line between", CHANNEL_1.replace("\n", "\n  Session Support : x\n"), null],
    ["no number", CHANNEL_1.replace("0x1", "0x"), null],
    ["not at the start of a line", `x ${CHANNEL_1}`, null],
    ["nothing", "", null],
  ];
  for (const [name, reply, channel] of cases) {
    await t.step(name, () => assertEquals(parseChannelInfo(reply), channel));
  }
});

Deno.test("parseAddressSource() reads the low half of the second byte", async (t) => {
  const cases: [name: string, reply: string, source: AddressSource | null][] = [
    ["static", " 11 01\n", "other"],
    ["DHCP", " 11 02\n", "dhcp"],
    ["the BIOS", " 11 03\n", "other"],
    ["reserved bits set", " 11 F2\n", "dhcp"],
    ["0x20 is not 2", " 11 20\n", "other"],
    ["no final newline", " 11 02", "dhcp"],
    ["CRLF", " 11 02\r\n", "dhcp"],
    ["one byte", " 11\n", null],
    ["three bytes", " 11 02 00\n", null],
    ["nothing", "", null],
    ["words", "Invalid channel: 4\n", null],
  ];
  for (const [name, reply, source] of cases) {
    await t.step(name, () => assertEquals(parseAddressSource(reply), source));
  }
});

Deno.test("isUnanswered() tells silence from a refusal", async (t) => {
  const cases: [name: string, reply: string, said: string, unanswered: boolean][] = [
    ["silence", "", `${RAW})\n`, true],
    ["silence after a refusal", "", `${RAW} rsp=0xcc): Invalid data\n${RAW})\n`, true],
    ["a refusal", "", `${RAW} rsp=0xcc): Invalid data field in request\n`, false],
    ["a refusal after silence", "", `${RAW})\n${RAW} rsp=0xcc): Invalid data\n`, false],
    ["an answer", "\n", `${RAW})\n`, false],
    ["nothing said", "", "", false],
    ["something else said last", "", `${RAW})\nRAW RSP (2 bytes)\n`, false],
  ];
  for (const [name, reply, said, unanswered] of cases) {
    await t.step(name, () => assertEquals(isUnanswered(reply, said), unanswered));
  }
});

/** What ipmitool says by the fault that it means; `fact`: a word of what to do. */
const FAULTS: readonly (readonly [state: BmcState, fact: string, said: string[]])[] = [
  ["unreachable", "--bmc-timeout", [
    `> Error: no response from RAKP 1 message\n${NO_SESSION}`,
    `> Error: no response from RAKP 3 message\n${NO_SESSION}`,
    `Error: Received an Unexpected RAKP 2 message\n> RAKP 2 HMAC is invalid\n${NO_SESSION}`,
    `IPMI Request Match NOT FOUND\n> RAKP 2 HMAC is invalid\n${NO_SESSION}`,
  ]],
  ["denied", "IPMI_PASSWORD", [
    `> RAKP 2 HMAC is invalid\n${NO_SESSION}`,
    `RAKP 2 message indicates an error : unauthorized name\n${NO_SESSION}`,
    "Set Session Privilege Level to ADMINISTRATOR failed: Insufficient privilege level\n",
    `${RAW} rsp=0xd4): Insufficient privilege level\n`,
  ]],
  ["failed", "--reset", [`${OPEN_SESSION}insufficient resources for session\n\n${NO_SESSION}`]],
  ["failed", "--cipher", [
    `${OPEN_SESSION}no matching cipher suite\n\n${NO_SESSION}`,
    `${OPEN_SESSION}invalid authentication algorithm\n\n${NO_SESSION}`,
    `${OPEN_SESSION}invalid integrity algorithm\n\n${NO_SESSION}`,
    `${OPEN_SESSION}invalid confidentiality algorithm\n\n${NO_SESSION}`,
  ]],
  ["unreachable", "IPMI over LAN", [NO_SESSION, "Get Auth Capabilities error\n"]],
];

Deno.test("faultOf() knows what ipmitool means", async (t) => {
  for (const [state, fact, texts] of FAULTS) {
    for (const said of texts) {
      await t.step(said.trimEnd(), () => {
        const fault = faultOf(said);
        assertEquals(fault.state, state);
        assertStringIncludes(fault.hint, fact);
        assertEquals(faultOf(said.toUpperCase()), fault);
      });
    }
  }
  const messages = FAULTS.map(([, , [said = ""]]) => faultOf(said).message);
  assertEquals(new Set(messages).size, FAULTS.length);
});

Deno.test("faultOf() quotes the last line of what it does not know", async (t) => {
  const cases: [name: string, said: string, message: string][] = [
    ["one line", "Address lookup for x failed\n", "Address lookup for x failed"],
    ["the last of two", "Loading\nInvalid channel: 4\r\n\n", "Invalid channel: 4"],
    ["a long line", "x".repeat(1000), "x".repeat(200)],
  ];
  for (const [name, said, message] of cases) {
    await t.step(name, () => {
      assertEquals([faultOf(said).state, faultOf(said).message], ["failed", message]);
    });
  }
});

Deno.test("refusedCipher() and answeredLate() see what another attempt can fix", async (t) => {
  for (const [, fact, texts] of FAULTS) {
    await t.step(fact, () => {
      for (const said of texts) {
        assertEquals(refusedCipher(said), fact === "--cipher", said);
        assertEquals(answeredLate(said), fact === "--bmc-timeout", said);
      }
    });
  }
});

Deno.test("what a BMC says is read or not, and never thrown at", () => {
  const tokens = ["Channel 0x", "1", " info:", "\n", " 11 02", "rsp=0x", "Unable to send", "RAKP"];
  const texts = fc.oneof(
    anyText(),
    wordsOf(tokens),
    edited(CHANNEL_1, tokens),
    edited(` 11 02\n${RAW} rsp=0xcc)\n${NO_SESSION}`, tokens),
  );
  const states: BmcState[] = ["denied", "failed", "unreachable"];
  fc.assert(fc.property(texts, texts, (reply, said) => {
    const channel = parseChannelInfo(reply);
    assert(channel === null || (channel >= 0 && channel <= 255), String(channel));
    assert([null, "dhcp", "other"].includes(parseAddressSource(reply)));
    if (reply !== "") assertEquals(isUnanswered(reply, said), false);
    const { state, message, hint } = faultOf(said);
    assert(states.includes(state), state);
    assert(message !== "" && hint !== "");
  }));
});
