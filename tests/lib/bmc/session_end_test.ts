import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "../../npm/fast_check.ts";
import { hintOf } from "../../../lib/bmc/finding.ts";
import { chosenSuite, sessionEnd } from "../../../lib/bmc/session_end.ts";
import type { BmcReason, BmcState } from "../../../lib/document/document.ts";
import { anyText, edited, wordsOf } from "../../testdata/texts.ts";
import { hintOf as textOf } from "../../typed.ts";

const NO_SESSION = "Error: Unable to establish IPMI v2 / RMCP+ session\n";
const OPEN_SESSION = "Error in open session response message : ";
const RAKP = "RAKP 2 message indicates an error : ";
const PRIVILEGE = "Set Session Privilege Level to ADMINISTRATOR failed";

const CONCERNED = { nodes: "ncn-w[001-002]", password: "/etc/password" };

/** What ipmitool says by the reason that it means; `fact`: a word of what to do. */
const ENDS: readonly (readonly [BmcReason, BmcState, fact: string, said: string[]])[] = [
  ["no-answer", "unreachable", "IPMI over LAN", [
    `Get Auth Capabilities error\nError issuing Get Channel Authentication Capabilities request\n${NO_SESSION}`,
  ]],
  ["silent", "unreachable", "--bmc-timeout", [
    NO_SESSION,
    `${PRIVILEGE}\n${NO_SESSION}`,
    `> Error: no response from RAKP 1 message\n${NO_SESSION}`,
    `> Error: no response from RAKP 3 message\n${NO_SESSION}`,
    `> Error: no response from RAKP 1 message\n> RAKP 2 HMAC is invalid\n${NO_SESSION}`,
    `> Error: no response from RAKP 1 message\n${RAKP}unauthorized name\n${NO_SESSION}`,
    `> Error: no response from RAKP 3 message\n${PRIVILEGE}: Insufficient privilege level\n${NO_SESSION}`,
    `> Error: no response from RAKP 3 message\n${PRIVILEGE}: Unknown (0x81)\n${NO_SESSION}`,
    `> Error: no response from RAKP 3 message\n> RAKP 4 message has invalid integrity check value\n${NO_SESSION}`,
    `${PRIVILEGE}: Node busy\n${NO_SESSION}`,
    `${PRIVILEGE}: Timeout\n${NO_SESSION}`,
    `${PRIVILEGE}: BMC initialization in progress\n${NO_SESSION}`,
    `Get Auth Capabilities error: Node busy\n${NO_SESSION}`,
  ]],
  ["slow", "unreachable", "--bmc-timeout", [
    `Error: Received an Unexpected RAKP 2 message\n> RAKP 2 HMAC is invalid\n${NO_SESSION}`,
    `Error: Received an Unexpected Open Session Response\n${NO_SESSION}`,
    `IPMI Request Match NOT FOUND\n> RAKP 2 HMAC is invalid\n${NO_SESSION}`,
  ]],
  ["refused-password", "denied", CONCERNED.password, [
    `> RAKP 2 HMAC is invalid\n${NO_SESSION}`,
    `RAKP 4 message indicates an error : invalid integrity check value\n${NO_SESSION}`,
  ]],
  ["no-key", "denied", "K:", [
    `> RAKP 4 message has invalid integrity check value\n${NO_SESSION}`,
  ]],
  ["refused-user", "denied", CONCERNED.password, [`${RAKP}unauthorized name\n${NO_SESSION}`]],
  ["refused-role", "denied", "another user", [
    `${RAKP}unauthorized role requested\n${NO_SESSION}`,
    `${RAKP}invalid role\n${NO_SESSION}`,
    `${PRIVILEGE}: Insufficient privilege level\n`,
    `${PRIVILEGE}: Unknown (0x80)\n${NO_SESSION}`,
    `${PRIVILEGE}: Unknown (0x81)\n${NO_SESSION}`,
    `${PRIVILEGE}: Unknown (0xd4)\n${NO_SESSION}`,
  ]],
  ["refused", "failed", "web interface", [
    `${PRIVILEGE}: Unknown (0x82)\n${NO_SESSION}`,
    `${PRIVILEGE}: Invalid command\n${NO_SESSION}`,
    `${PRIVILEGE}: Parameter out of range\n${NO_SESSION}`,
  ]],
  ["no-session", "failed", "wait a minute", [
    `${OPEN_SESSION}insufficient resources for session\n\n${NO_SESSION}`,
    `${RAKP}insufficient resources for session\n${NO_SESSION}`,
    `${RAKP}insufficient resources for role\n${NO_SESSION}`,
  ]],
  ["session-dropped", "failed", "--bmc-timeout", [`${RAKP}inactive session ID\n${NO_SESSION}`]],
  ["no-suite", "failed", "--cipher", [
    `${OPEN_SESSION}no matching cipher suite\n\n${NO_SESSION}`,
    `${OPEN_SESSION}no matching authentication algorithm\n\n${NO_SESSION}`,
    `${OPEN_SESSION}no matching integrity payload\n\n${NO_SESSION}`,
    `${OPEN_SESSION}invalid authentication algorithm\n\n${NO_SESSION}`,
    `${OPEN_SESSION}invalid confidentiality algorithm\n\n${NO_SESSION}`,
    `${OPEN_SESSION}illegal parameter\n\n${NO_SESSION}`,
    `${RAKP}illegal parameter\n${NO_SESSION}`,
    `${RAKP}Unknown (0x99)\n${NO_SESSION}`,
    `Unsupported cipher suite ID : 42\n\n${NO_SESSION}`,
  ]],
  ["no-shell", "failed", "readline", [
    "Compiled without readline, shell is disabled\n",
  ]],
  ["no-address", "unreachable", "conman.conf", [
    `Address lookup for ncn-w001-mgmt failed\nCould not open socket!\n${NO_SESSION}`,
  ]],
  ["no-ipmi-2", "failed", "web interface", [
    `This BMC does not support IPMI v2 / RMCP+\n${NO_SESSION}`,
  ]],
];

Deno.test("sessionEnd() knows what ipmitool means", async (t) => {
  for (const [reason, state, fact, texts] of ENDS) {
    for (const said of texts) {
      await t.step(said.trimEnd(), () => {
        const end = sessionEnd(said);
        assertEquals([end.reason, end.state], [reason, state]);
        assertStringIncludes(textOf(hintOf(reason, CONCERNED)), fact);
        assertEquals(sessionEnd(said.toUpperCase()), end);
      });
    }
  }
});

Deno.test("sessionEnd() names the completion code of a session command", () => {
  const of = (code: string): string => sessionEnd(`${PRIVILEGE}: ${code}\n${NO_SESSION}`).message;
  assertEquals([of("Unknown (0x82)"), of("Invalid data field in request")], [
    "refused (code 0x82)",
    "refused (invalid data field in request)",
  ]);
});

Deno.test("sessionEnd() quotes the last line of what it does not know", async (t) => {
  const cases: [name: string, said: string, message: string][] = [
    ["one line", "No hostname specified!\n", "No hostname specified!"],
    ["the last of two", "Loading\nInvalid channel: 4\r\n\n", "Invalid channel: 4"],
    ["a long line", "x".repeat(1000), "x".repeat(200)],
    ["nothing", " \n", "ipmitool gave no reason"],
  ];
  for (const [name, said, message] of cases) {
    await t.step(name, () => {
      const end = sessionEnd(said);
      assertEquals([end.reason, end.state, end.message], ["not-understood", "failed", message]);
    });
  }
});

Deno.test("chosenSuite() reads which suite ipmitool took", () => {
  const said = "Loading IANA PEN Registry...\nUsing best available cipher suite 17\n\n";
  assertEquals([chosenSuite(said), chosenSuite("Loading\n")], [17, null]);
});

Deno.test("sessionEnd() has a word for whatever ipmitool says", () => {
  const tokens = ENDS.flatMap(([, , , texts]) => texts);
  const states: BmcState[] = ["denied", "failed", "unreachable"];
  const texts = fc.oneof(anyText(), wordsOf(tokens), edited(tokens.join(""), tokens));
  fc.assert(fc.property(texts, (said) => {
    const { state, message, reason } = sessionEnd(said);
    assert(states.includes(state), state);
    assert(message !== "" && hintOf(reason, CONCERNED));
  }));
});
