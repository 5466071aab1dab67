/**
 * The node behind a Redfish service: whether it is on, how it is switched, and what it boots
 * from.
 *
 * @module
 */

import type { Reply } from "./http.ts";
import type { Kind } from "./kind.ts";
import { messageReply } from "./mishap.ts";
import { at, leaves, put, type Resource } from "./tree.ts";

/** What a service does to its node. */
export interface NodeHands {
  /** Whether it is on. */
  isOn(): boolean;
  /** Switches it; `line`: as ipmi_sim's plug-in writes it down. */
  switch(isOn: boolean, line: string): void;
  /** Does something so many milliseconds from now. */
  later(milliseconds: number, act: () => void): void;
}

/** An answer, and what becomes of the node by the time that it is on its way. */
interface NodeOutcome {
  readonly reply: Reply;
  readonly then?: () => Promise<void>;
}

/** What it boots from, as it is shown. */
interface Boot {
  readonly target: string;
  readonly enabled: string;
  readonly mode: string;
}

const KEYS: Readonly<Record<keyof Boot, string>> = {
  target: "Boot.BootSourceOverrideTarget",
  enabled: "Boot.BootSourceOverrideEnabled",
  mode: "Boot.BootSourceOverrideMode",
};

/** A node. */
export class RedfishNode {
  readonly #kind: Kind;
  readonly #faults: readonly string[];
  readonly #hands: NodeHands;
  #boot: Boot;
  /** It will be on, or off. */
  #next: boolean | null = null;

  /**
   * @param kind Whose service it is.
   * @param options Its resource as it is at first, what is wrong, and what is done to it.
   */
  constructor(
    kind: Kind,
    { resource, faults, hands }: {
      readonly resource: Resource;
      readonly faults: readonly string[];
      readonly hands: NodeHands;
    },
  ) {
    this.#kind = kind;
    this.#faults = faults;
    this.#hands = hands;
    const mode = String(at(resource, KEYS.mode));
    this.#boot = { target: "None", enabled: "Disabled", mode };
  }

  /** Whether what it boots from is set at its settings. */
  get hasSettings(): boolean {
    return this.#faults.includes("settings");
  }

  /** Writes into a resource what is so now. */
  render(path: string, resource: Resource): void {
    const isSettings = path.endsWith("/SD");
    const boot = this.hasSettings && !isSettings
      ? { ...this.#boot, target: "None", enabled: "Disabled" }
      : this.#boot;
    for (const [name, key] of Object.entries(KEYS)) {
      if (at(resource, key) !== undefined) put(resource, key, boot[name as keyof Boot]);
    }
    if (isSettings) return;
    put(resource, "PowerState", this.#shown());
    if (this.hasSettings) {
      resource["@Redfish.Settings"] = { SettingsObject: { "@odata.id": `${path}/SD` } };
    }
    if (resource.PowerRestorePolicy !== undefined) {
      const isAlways = this.#faults.includes("alwayson");
      resource.PowerRestorePolicy = isAlways ? "AlwaysOn" : "LastState";
    }
  }

  #shown(): string {
    const isOn = this.#hands.isOn();
    if (this.#next !== null && this.#kind.showsChange) return isOn ? "PoweringOff" : "PoweringOn";
    return isOn ? "On" : "Off";
  }

  /**
   * Takes what it is to boot from.
   *
   * @param path The resource that it was sent to.
   * @param body What is to be so.
   * @param before The resource as it is.
   */
  set(path: string, body: Resource, before: Resource): NodeOutcome {
    const { messages } = this.#kind;
    const refuse = (message: string): NodeOutcome => ({
      reply: messageReply(400, `${messages}.${message}`),
    });
    if (this.hasSettings && !path.endsWith("/SD")) {
      return refuse("OperationSupportedInFutureStateURI");
    }
    if (this.#faults.includes("noboot")) return refuse("PropertyNotWritable");
    const written = leaves(body);
    const wish = Object.fromEntries(
      Object.entries(KEYS).map((
        [name, key],
      ) => [name, written.find(([each]) => each === key)?.[1]]),
    ) as Partial<Boot>;
    if (written.some(([key]) => at(before, key) === undefined)) return refuse("PropertyUnknown");
    if (wish.mode !== undefined && (this.#kind.refusesMode || this.#faults.includes("nomode"))) {
      return refuse("PropertyNotWritable");
    }
    const allowed = at(before, `${KEYS.target}@Redfish.AllowableValues`);
    if (Array.isArray(allowed) && !allowed.includes(wish.target)) {
      return refuse("PropertyValueNotInList");
    }
    const isSame = written.every(([key, value]) => at(before, key) === value);
    if (isSame && this.#kind.refusesSame) {
      return { reply: messageReply(400, "SyncAgent.1.0.PatchValueAlreadyExists") };
    }
    return { reply: this.#done(), then: () => this.#keep(wish) };
  }

  #keep({ target, enabled, mode }: Partial<Boot>): Promise<void> {
    const has = (fault: string): boolean => this.#faults.includes(fault);
    if (has("forgets")) return Promise.resolve();
    const kept = has("once") ? "Once" : enabled ?? this.#boot.enabled;
    const firmware = has("legacy")
      ? "Legacy"
      : mode ?? (has("needsmode") ? "Legacy" : this.#boot.mode);
    this.#boot = { target: target ?? this.#boot.target, enabled: kept, mode: firmware };
    return Promise.resolve();
  }

  /**
   * Switches it.
   *
   * @param type The type of reset.
   */
  reset(type: unknown): NodeOutcome {
    const { messages } = this.#kind;
    const refuse = (message: string): NodeOutcome => ({
      reply: messageReply(400, `${messages}.${message}`),
    });
    if (!this.#kind.switches.includes(String(type))) return refuse("ActionParameterNotSupported");
    const wanted = type === "On" || type === "ForceOn" ? true : type === "ForceOff" ? false : null;
    // Nothing here asks a node to restart, or to end by itself.
    if (wanted === null) return { reply: this.#done(), then: () => this.#note(`${type}`) };
    const isSo = this.#hands.isOn() === wanted;
    if (isSo && this.#faults.includes("strictpower")) {
      return refuse("InvalidOperationForSystemState");
    }
    return { reply: this.#done(), then: () => this.#begin(wanted) };
  }

  #note(line: string): Promise<void> {
    this.#hands.switch(this.#hands.isOn(), line);
    return Promise.resolve();
  }

  #begin(isOn: boolean): Promise<void> {
    if (this.#faults.includes("idlepower")) return Promise.resolve();
    const late = this.#faults.find((fault) => fault.startsWith("slowpower:"))?.slice(10);
    if (late === undefined) this.#switch(isOn);
    else {
      this.#next = isOn;
      this.#hands.later(1000 * Number(late), () => this.#switch(isOn));
    }
    return Promise.resolve();
  }

  #switch(isOn: boolean): void {
    this.#next = null;
    if (this.#hands.isOn() === isOn) return;
    this.#hands.switch(isOn, isOn ? `on ${this.#flags()}` : "off");
    if (isOn && this.#boot.enabled !== "Continuous") {
      this.#boot = { ...this.#boot, target: "None", enabled: "Disabled" };
    }
  }

  /** As the first two boot flags of IPMI would be. */
  #flags(): string {
    const { target, enabled, mode } = this.#boot;
    if (enabled === "Disabled") return "0000";
    const kind = (enabled === "Continuous" ? 0xc0 : 0x80) | (mode === "UEFI" ? 0x20 : 0);
    return `${kind.toString(16)}${target === "Pxe" ? "04" : "00"}`;
  }

  #done(): Reply {
    if (!this.#kind.messages.startsWith("iLO")) return { status: 204 };
    return messageReply(200, "Base.1.4.Success");
  }
}
