/**
 * What a command is: its name, its manual and its options.
 *
 * @module
 */

import type { ExitCode } from "../document/exit_codes.ts";
import type { Variable } from "./environment.ts";
import {
  choice,
  directory,
  file,
  flag,
  type Operand,
  optionalChoice,
  optionalFile,
  type Options,
  type ValueOption,
} from "./options.ts";

/** The manual of a command: the one source of its help. */
export interface Manual {
  /** As typed, for instance `bmc-dhcp`. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Paragraphs. */
  readonly description: readonly string[];
  /** Its options. */
  readonly options: Options;
  /** Its argument, if it takes one. */
  readonly operand?: Operand;
  /** How it may end; a command that reads a document may end as an earlier one did, too. */
  readonly exits: readonly ExitCode[];
  /** The variables that it reads, besides those that all commands read. */
  readonly environment?: readonly Variable[];
  /** Other manual pages to see, for instance `ipmitool(1)`. */
  readonly seeAlso?: readonly string[];
  /** Command lines to copy, each with what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
}

/** The name of a command, as the argument of pitboot itself. */
export const COMMAND_NAME: Operand = {
  placeholder: "COMMAND",
  kind: "command",
  help: "A command.",
  isOptional: true,
};

/** All options there are: one means the same in each command that has it. */
export function optionsOfAll(manuals: readonly Manual[]): Options {
  return Object.assign({}, ...manuals.map(({ options }) => options));
}

/** Options of every command. */
export const COMMON_OPTIONS = {
  root: directory(
    "Use DIR as the root directory; all paths, also those in messages, are relative to it.",
    "/",
  ),
  quiet: flag("Show errors only."),
  verbose: flag("Show more."),
  color: choice(["auto", "always", "never"], "Colour on standard error.", "auto"),
  help: flag("Show this help."),
  version: flag("Show the version."),
};

/** Options of every command that writes a document. */
export const OUTPUT_OPTIONS = {
  json: flag("Write the document to standard output even if that is a terminal."),
  output: { ...optionalChoice(["json"], "The same as --json."), turnsOn: "json" },
  pretty: flag("Indent the document."),
};

/** Options of every command whose work is told of in events. */
export const EVENT_OPTIONS = {
  events: optionalFile("Write each event to FILE, one JSON object a line."),
};

/** Options of every command that reads a document. */
const INPUT_OPTIONS = {
  input: optionalFile("Read the document from FILE; - is standard input."),
};

/** Options of every command that begins a document. */
export const DOCUMENT_OPTIONS = { ...OUTPUT_OPTIONS, ...COMMON_OPTIONS };

/** Options of every command that is a stage of a chain. */
export const STAGE_OPTIONS = { ...INPUT_OPTIONS, ...EVENT_OPTIONS, ...DOCUMENT_OPTIONS };

/** Options of every command that changes something. */
export const DRY_RUN_OPTIONS = {
  "dry-run": flag("Show what would be done, but change nothing."),
};

const PATHS = {
  "access-log": file("Access log of the web server.", "/var/log/apache2/access_log"),
  "cloud-init": file("What basecamp tells cloud-init.", "/var/www/ephemeral/configs/data.json"),
  config: file("The roles that the site adds, and whom it trusts.", "/etc/pitboot.json"),
  conman: file("conman's configuration of the BMCs' consoles.", "/etc/conman.conf"),
  "console-dir": directory("conman's directory of console logs.", "/var/log/conman"),
  data: directory("Directory of the boot images.", "/var/www/ephemeral/data"),
  dnsmasq: directory("dnsmasq's directory of configuration files.", "/etc/dnsmasq.d"),
  leases: file("dnsmasq's file of leases.", "/var/lib/misc/dnsmasq.leases"),
  "log-dir": directory("Directory for the ipmitool log.", "/var/log/pitboot"),
  state: directory("State directory.", "/var/lib/pitboot"),
  statics: file("dnsmasq's configuration of the nodes.", "/etc/dnsmasq.d/statics.conf"),
  "web-root": directory("Directory that the web server serves.", "/var/www"),
};

/** Options for paths that differ at a site, those that a command needs. */
export function pathOptions<K extends keyof typeof PATHS>(
  ...names: K[]
): { [P in K]: ValueOption<string> } {
  return Object.fromEntries(names.map((name) => [name, PATHS[name]])) as {
    [P in K]: ValueOption<string>;
  };
}
