import { assert, assertEquals } from "@std/assert";
import {
  nextStep,
  type PowerAim,
  type PowerStep,
  type Stand,
} from "../../../lib/power/next_step.ts";
import { LOOK, OFF, ON } from "../../power_aims.ts";

const BOTH = [false, true];
const SENT = ["no", "sent", "answered"] as const;
const REFUSAL = { reason: "would-wipe", message: "" } as const;

const AIMS: readonly PowerAim[] = [null, "on", "off"].flatMap((power) =>
  BOTH.flatMap((boots) =>
    BOTH.flatMap((mayRestart) =>
      BOTH.flatMap((refusesOn) =>
        BOTH.map((refusesOff): PowerAim => ({
          power: power as PowerAim["power"],
          boot: boots ? { persistent: true } : null,
          mayRestart,
          refusals: { on: refusesOn ? REFUSAL : null, off: refusesOff ? REFUSAL : null },
        }))
      )
    )
  )
);
const STANDS: readonly Stand[] = (["on", "off"] as const).flatMap((power) =>
  SENT.flatMap((off) =>
    SENT.flatMap((on) =>
      BOTH.flatMap((isSettled) =>
        BOTH.flatMap((hasTurn) =>
          BOTH.map((hasBoot) => ({ power, off, on, isSettled, hasTurn, hasBoot }))
        )
      )
    )
  )
);

/** Holds what must be so whenever a step is taken, in whatever stand. */
const RULES: Readonly<Record<PowerStep, (aim: PowerAim, stand: Stand) => boolean>> = {
  "switch-on": ({ power, boot }, stand) =>
    power === "on" && stand.power === "off" && stand.on !== "answered" && stand.hasTurn &&
    (boot === null || stand.hasBoot) && (stand.off === "no" || stand.isSettled),
  "switch-off": ({ power, boot, mayRestart }, stand) =>
    stand.power === "on" && stand.off !== "answered" &&
    (power === "off" ||
      power === "on" && boot !== null && stand.on === "no" && (mayRestart || stand.off !== "no")),
  "set-boot": ({ power, boot }, stand) => power === "on" && boot !== null && !stand.hasBoot,
  "await-off": (_, stand) => stand.power === "on" && stand.off === "answered",
  "await-on": (_, stand) => stand.power === "off" && stand.on === "answered",
  "settle": ({ power }, stand) => power === "on" && stand.power === "off" && !stand.isSettled,
  "take-turn": ({ power }, stand) => power === "on" && stand.power === "off" && !stand.hasTurn,
  "refuse": ({ power, refusals }, stand) =>
    power !== null && refusals[stand.power] !== null && stand.off === "no" && stand.on === "no",
  "end": () => true,
};

Deno.test("nextStep() never starts a node without its boot device, nor switches one off unasked", () => {
  for (const aim of AIMS) {
    for (const stand of STANDS) {
      const step = nextStep(aim, stand);
      assert(RULES[step](aim, stand), JSON.stringify({ step, aim, stand }));
      if (aim.power === null) assertEquals(step, "end");
    }
  }
});

const NEW: Stand = {
  power: "off",
  off: "no",
  on: "no",
  isSettled: false,
  hasTurn: false,
  hasBoot: false,
};

/** The steps at a node that does what it is told. */
function walk(aim: PowerAim, power: Stand["power"]): PowerStep[] {
  const stand: { -readonly [K in keyof Stand]: Stand[K] } = { ...NEW, power };
  const steps: PowerStep[] = [];
  for (;;) {
    const step = nextStep(aim, stand);
    steps.push(step);
    if (step === "end" || step === "refuse") return steps;
    if (step === "switch-off") Object.assign(stand, { power: "off", off: "answered" });
    if (step === "switch-on") Object.assign(stand, { power: "on", on: "answered" });
    stand.isSettled ||= step === "settle";
    stand.hasTurn ||= step === "take-turn";
    stand.hasBoot ||= step === "set-boot";
    assert(steps.length < 9, steps.join());
  }
}

Deno.test("nextStep() keeps the order", async (t) => {
  const refused = { ...ON, refusals: { on: REFUSAL, off: REFUSAL } };
  const cases: [name: string, aim: PowerAim, power: Stand["power"], steps: string][] = [
    ["a node that is off", ON, "off", "take-turn set-boot switch-on end"],
    ["without a boot device", { ...ON, boot: null }, "off", "take-turn switch-on end"],
    ["one that is on", { ...ON, boot: null }, "on", "end"],
    ["one that is on gets its boot device", ON, "on", "set-boot end"],
    [
      "one that is on and may be wiped",
      { ...ON, mayRestart: true },
      "on",
      "switch-off settle take-turn set-boot switch-on end",
    ],
    ["one that is refused", refused, "off", "refuse"],
    ["one that is refused, and on", refused, "on", "refuse"],
    ["off", OFF, "on", "switch-off end"],
    ["off already", OFF, "off", "end"],
    ["looked at", LOOK, "on", "end"],
  ];
  for (const [name, aim, power, steps] of cases) {
    await t.step(name, () => assertEquals(walk(aim, power).join(" "), steps));
  }
});

Deno.test("nextStep() goes on with one that has all that was asked for", () => {
  const aim = { ...ON, refusals: { on: REFUSAL, off: null } };
  assertEquals(nextStep(aim, { ...NEW, power: "on", hasBoot: true }), "end");
});
