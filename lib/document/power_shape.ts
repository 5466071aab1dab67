/**
 * The shape of what is known of the power of a node.
 *
 * @module
 */

import {
  boolean,
  described,
  integer,
  nullable,
  number,
  objectOf,
  oneOf,
  type Shape,
  text,
} from "../text/shape.ts";
import { BMC_REASONS } from "./bmc_reasons.ts";
import type { BootDevice, NodePower } from "./document_types.ts";
import { POWER_REASONS } from "./power_reasons.ts";

const bootDevice = objectOf<BootDevice>({
  device: described(
    oneOf("none", "pxe", "disk", "safe", "diag", "cd", "bios", "other"),
    "none: as its firmware has it.",
  ),
  efi: described(boolean, "Whether by UEFI; else by BIOS."),
  persistent: described(boolean, "Whether for each start; else for the next one."),
  valid: described(boolean, "Whether the BMC has not dropped it."),
});

/** An entry of `power`. */
export const nodePowerShape: Shape<NodePower> = objectOf<NodePower>({
  node: described(text, "For instance ncn-w001."),
  bmc: described(text, "The BMC that manages it."),
  address: described(nullable(text), "Where the BMC was asked; null if it was not."),
  before: described(nullable(oneOf("on", "off")), "Before; null if it is not known."),
  after: described(nullable(oneOf("on", "off")), "At the end; null if it is not known."),
  boot: described(nullable(bootDevice), "Its boot device, as read back; null if not known."),
  state: described(
    oneOf(
      ...["on", "off", "already", "failed", "unreachable", "denied"] as const,
      ...["refused", "skipped", "unknown"] as const,
    ),
    "on, off: so it is now. already: so it was. refused: not done, for the sake of the node. skipped: left out, or not asked. unknown: the session was lost after the command.",
  ),
  reason: described(
    nullable(oneOf(...BMC_REASONS, ...POWER_REASONS)),
    "Why it is in that state, in a stable word; null where all is well.",
  ),
  by: described(nullable(oneOf("ipmi", "redfish")), "How it was asked; null if it was not."),
  seconds: described(number, "How long it took."),
  message: described(nullable(text), "The reason, for people."),
}, {
  policy: described(
    nullable(oneOf("off", "previous", "on")),
    "What it does after an outage; null if it is not known.",
  ),
  clock: described(
    nullable(integer),
    "Seconds by which the clock of its BMC is ahead of the PIT's; null if it is not known.",
  ),
  disks: described(oneOf("wiped", "kept", "unknown"), "What its script.ipxe says of its disks."),
});
