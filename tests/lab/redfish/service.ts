/**
 * A Redfish service: what it answers, and what becomes of what is written.
 *
 * @module
 */

import type { Reply, Request } from "./http.ts";
import { type Kind, type KindName, kindOf } from "./kind.ts";
import { messageReply, type Step, stepOf } from "./mishap.ts";
import { type NodeHands, RedfishNode } from "./node.ts";
import { at, leaves, put, type Resource, type Tree } from "./tree.ts";

/** A BMC, as its service knows it. */
export interface RedfishBmc {
  readonly kind: KindName;
  readonly mac: string;
  /** Where it is while it is static. */
  readonly address: string;
  /** Where it is then. */
  readonly ip: string;
  readonly faults: readonly string[];
}

/** What a service does to its BMC. */
export interface Hands {
  /** Whether it was told to use DHCP, by whomever. */
  isDhcp(): boolean;
  /** Has it ask for a lease. */
  useDhcp(): Promise<void>;
  /** Has it answer to IPMI from now on. */
  enableIpmi(): Promise<void>;
  /** Ends it for a while; its address goes away. */
  goDown(): Promise<void>;
  /** Has it back, at its static address if it still is static. */
  comeBack(): Promise<void>;
  /** What it does to its node. */
  readonly node: NodeHands;
}

/** What can be written. */
interface Settings {
  dhcp: boolean;
  ipmi: boolean;
  gateway: boolean;
}

/** An answer, and what happens once it is on its way. */
export interface Outcome {
  readonly reply: Reply;
  readonly then?: () => Promise<void>;
}

/** A service. */
export class Service {
  readonly kind: Kind;
  readonly #bmc: RedfishBmc;
  readonly #hands: Hands;
  readonly #tree: Tree;
  readonly #wish: Settings;
  readonly #current: Settings;
  readonly #writes = new Map<string, number>();
  readonly #node: RedfishNode;

  /**
   * @param bmc Whose it is.
   * @param hands What it does to it.
   */
  constructor(bmc: RedfishBmc, hands: Hands) {
    this.#bmc = bmc;
    this.#hands = hands;
    ({ kind: this.kind, tree: this.#tree } = kindOf(bmc.kind));
    this.#current = { dhcp: false, ipmi: this.#has("ipmi"), gateway: false };
    this.#wish = { ...this.#current, dhcp: this.#has("pending") };
    if (this.#has("noreset")) this.#forgetResets();
    const resource = this.#tree.get(this.kind.system) ?? {};
    const { faults } = bmc;
    this.#node = new RedfishNode(this.kind, { resource, faults, hands: hands.node });
    if (this.#node.hasSettings) this.#addSettings(resource);
    if (this.#has("two") || this.#has("twins")) this.#addSystem(resource);
  }

  /** What is to be so at the next start. */
  #addSettings({ Boot }: Resource): void {
    const path = `${this.kind.system}/SD`;
    const etag = { "@odata.etag": 'W/"1"' };
    this.#tree.set(path, { "@odata.id": path, ...etag, Id: "SD", Boot: structuredClone(Boot) });
  }

  /** A part of it that is no machine (`two`), or one that cannot be told from it (`twins`). */
  #addSystem(resource: Resource): void {
    const path = "/redfish/v1/Systems/Other";
    const kind = this.#has("two") ? { SystemType: "Composed" } : {};
    this.#tree.set(path, { ...structuredClone(resource), "@odata.id": path, Id: "Other", ...kind });
    const systems = this.#tree.get("/redfish/v1/Systems") ?? {};
    systems.Members = [{ "@odata.id": path }, ...(systems.Members as Resource[])];
  }

  /**
   * Answers a request of somebody who may ask it.
   *
   * @param request The request; its path has no slash at its end.
   * @returns The answer, and what happens then.
   */
  answer(request: Request): Outcome {
    const step = stepOf(request, this.kind);
    const { method, path } = request;
    if (method === "GET") return this.#read(path);
    if (!["dhcp", "ipmi", "reset", "boot", "power"].includes(step)) {
      return { reply: this.#refuse(405, "ActionNotSupported") };
    }
    const body = parsed(request.body);
    if (body === null) return { reply: this.#refuse(400, "MalformedJSON") };
    if (step === "reset") return this.#reset(path, body);
    if (step === "power") return this.#node.reset(body.ResetType);
    const refusal = this.#refusedMatch(request);
    if (refusal) return { reply: refusal };
    const before = step === "boot" ? this.#rendered(path) : null;
    if (before) return this.#counted(path, this.#node.set(path, body, before));
    const dropped = this.#has("drop") && !request.headers.has("if-match");
    return dropped ? this.#accepted(path, {}) : this.#write(step, path, body);
  }

  /** What is accepted changes an ETag that is a time. */
  #counted(path: string, outcome: Outcome): Outcome {
    if (outcome.reply.status < 300) this.#writes.set(path, (this.#writes.get(path) ?? 0) + 1);
    return outcome;
  }

  #read(path: string): Outcome {
    const resource = this.#rendered(path);
    if (!resource) return { reply: this.#refuse(404, "ResourceMissingAtURI") };
    const etag = resource["@odata.etag"];
    const body = this.#has("quotes") && typeof etag === "string"
      ? { ...resource, "@odata.etag": etag.replaceAll('"', "") }
      : resource;
    const headers = typeof etag === "string" ? { ETag: etag } : {};
    return { reply: { status: 200, headers, body: JSON.stringify(body) } };
  }

  /** A resource as it is now; `null` if there is none. */
  #rendered(path: string): Resource | null {
    const found = this.#tree.get(path);
    if (!found) return null;
    const resource = structuredClone(found);
    this.#current.dhcp = this.#hands.isDhcp();
    if (path === this.kind.port) this.#renderPort(resource);
    if (path === this.kind.protocol) this.#renderProtocol(resource);
    if (path === this.kind.system || path.endsWith("/SD")) this.#node.render(path, resource);
    if (path === this.kind.manager) this.#renderClock(resource);
    this.#stamp(path, resource);
    return resource;
  }

  #renderPort(resource: Resource): void {
    const { ip, address, mac } = this.#bmc;
    const { dhcp } = this.#current;
    for (const key of ["MACAddress", "PermanentMACAddress"]) {
      if (key in resource) resource[key] = this.kind.mac(mac);
    }
    const place = { Address: dhcp ? ip : address, SubnetMask: "255.255.128.0" };
    const gateway = { Gateway: "10.254.0.1" };
    const origin = { AddressOrigin: dhcp ? "DHCP" : "Static" };
    resource.IPv4Addresses = [{ ...place, ...gateway, ...origin }];
    const isOldAmi = this.kind.dump === "Gigabyte" && dhcp;
    if (!isOldAmi) {
      const keeps = this.kind.dump === "Intel" || !dhcp;
      resource.IPv4StaticAddresses = keeps ? [{ ...place, ...gateway }] : [];
    }
    for (const [key, value] of SWITCHES) {
      if (at(resource, key) !== undefined) put(resource, key, this.#shown()[value]);
    }
    this.#renderPending(resource, ["dhcp", "gateway"]);
  }

  #renderProtocol(resource: Resource): void {
    if (this.#has("noswitch")) put(resource, "IPMI", { Port: 623 });
    else if (resource.IPMI) put(resource, "IPMI.ProtocolEnabled", this.#shown().ipmi);
    this.#renderPending(resource, ["ipmi"]);
  }

  #renderClock(resource: Resource): void {
    const behind = this.#bmc.faults.find((fault) => fault.startsWith("clock:"))?.slice(6) ?? 0;
    const date = new Date(Date.now() - 1000 * Number(behind));
    resource.DateTime = `${date.toISOString().slice(0, 19)}+00:00`;
  }

  #renderPending(resource: Resource, keys: readonly (keyof Settings)[]): void {
    const isPending = keys.some((key) => this.#isPending(key));
    const key = "Oem.Hpe.ConfigurationSettings";
    if (at(resource, key) !== undefined && isPending) put(resource, key, "SomePendingReset");
  }

  /** The wish; but for what somebody else has already done. */
  #shown(): Settings {
    const { dhcp, ...wish } = this.#wish;
    return { ...wish, dhcp: dhcp || this.#current.dhcp };
  }

  #isPending(key: keyof Settings): boolean {
    return this.#shown()[key] !== this.#current[key];
  }

  #stamp(path: string, resource: Resource): void {
    if (this.kind.etag === "none" || !("@odata.etag" in resource)) return;
    const content = JSON.stringify(resource);
    resource["@odata.etag"] = this.kind.etag === "time"
      ? `W/"${1650479788 + (this.#writes.get(path) ?? 0)}"`
      : `W/"${hashOf(content)}"`;
  }

  #refusedMatch({ path, headers }: Request): Reply | null {
    const match = headers.get("if-match");
    const needs = this.kind.needsMatch && !this.#has("drop");
    if (match === undefined) return needs ? this.#refuse(428, "PreconditionHeaderMissing") : null;
    if (match.length > 63) return this.#refuse(400, "ETagTooLong");
    if (match === "*" && !this.#has("bare")) return null;
    const etag = this.#rendered(path)?.["@odata.etag"];
    const wanted = this.#has("bare") ? String(etag).replace(/^W\//, "") : etag;
    const isSame = match === wanted && !this.#has("star");
    return etag === undefined || isSame ? null : this.#refuse(412, "PreconditionFailed");
  }

  #write(step: Step, path: string, body: Resource): Outcome {
    const before = this.#rendered(path);
    if (!before) return { reply: this.#refuse(404, "ResourceMissingAtURI") };
    const written = leaves(body);
    const unknown = written.find(([key]) =>
      at(before, key) === undefined && !isHidden(key, before)
    );
    if (unknown || written.length === 0) return { reply: this.#refuse(400, "PropertyUnknown") };
    if (path !== this.kind.port && step === "dhcp") return this.#accepted(path, {});
    const same = written.every(([key, value]) => at(before, key) === value);
    if (same && this.kind.refusesSame) {
      return { reply: messageReply(400, "SyncAgent.1.0.PatchValueAlreadyExists") };
    }
    const wish = Object.fromEntries(
      written.flatMap(([key, value]) => {
        const setting = SETTINGS.get(key);
        return setting ? [[setting, value === true]] : [];
      }),
    );
    return this.#accepted(path, same ? {} : wish);
  }

  /** What is written is wished from now on, and so at once where that is enough. */
  #accepted(path: string, wish: Partial<Settings>): Outcome {
    const isWish = this.kind.acts === "reset";
    Object.assign(this.#wish, this.#has("forgets") && !isWish ? {} : wish);
    this.#writes.set(path, (this.#writes.get(path) ?? 0) + 1);
    if (isWish) {
      return { reply: messageReply(200, `${this.kind.messages}.ResetRequired`) };
    }
    return { reply: { status: 204 }, then: () => this.#takeEffect() };
  }

  async #takeEffect(): Promise<void> {
    const { dhcp, ipmi, gateway } = this.#wish;
    const before = { ...this.#current };
    if (this.#has("forgets")) {
      Object.assign(this.#wish, before);
      return;
    }
    Object.assign(this.#current, { ipmi, gateway });
    if (ipmi && !before.ipmi) await this.#hands.enableIpmi();
    if (dhcp && !this.#hands.isDhcp()) await this.#hands.useDhcp();
  }

  #reset(path: string, body: Resource): Outcome {
    const target = `${this.kind.manager}/Actions/Manager.Reset`;
    if (path !== target) return { reply: this.#refuse(404, "ResourceMissingAtURI") };
    const type = body.ResetType;
    const isKnown = this.#has("noreset")
      ? type === undefined
      : this.kind.resets.some((each) => each === type);
    if (!isKnown) return { reply: this.#refuse(400, "ActionParameterNotSupported") };
    const isIlo = this.kind.acts === "reset";
    return {
      reply: isIlo ? messageReply(200, `${this.kind.messages}.ResetInProgress`) : { status: 204 },
      then: async () => {
        await this.#hands.goDown();
        await this.#takeEffect();
        await this.#hands.comeBack();
      },
    };
  }

  #forgetResets(): void {
    const manager = this.#tree.get(this.kind.manager);
    const reset = (manager?.Actions as Resource)["#Manager.Reset"] as Resource;
    delete reset["ResetType@Redfish.AllowableValues"];
    delete reset["@Redfish.ActionInfo"];
  }

  #refuse(status: number, message: string): Reply {
    return messageReply(status, `${this.kind.messages}.${message}`);
  }

  #has(fault: string): boolean {
    return this.#bmc.faults.includes(fault);
  }
}

/** The settings by the keys that show and take them. */
const SETTINGS: ReadonlyMap<string, keyof Settings> = new Map([
  ["DHCPv4.DHCPEnabled", "dhcp"],
  ["Oem.Hpe.DHCPv4.Enabled", "dhcp"],
  ["DHCPv4.UseGateway", "gateway"],
  ["Oem.Hpe.DHCPv4.UseGateway", "gateway"],
  ["IPMI.ProtocolEnabled", "ipmi"],
]);
const SWITCHES = [...SETTINGS].filter(([key]) => key !== "IPMI.ProtocolEnabled");

/** An old AMI shows its IPMI without the switch, and takes it. */
function isHidden(key: string, resource: Resource): boolean {
  return key.startsWith("IPMI.") && resource.IPMI !== undefined;
}

function parsed(body: string): Resource | null {
  try {
    const value: unknown = JSON.parse(body || "{}");
    return typeof value === "object" ? value as Resource | null : null;
  } catch {
    return null;
  }
}

/** FNV-1a, in eight digits. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0").toUpperCase();
}
