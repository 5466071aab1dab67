/**
 * Manual pages of formats: what programs read and write, in section 5.
 *
 * @module
 */

import type { JsonSchema } from "../text/shape.ts";
import { wrap } from "../text/lines.ts";
import { hang } from "./help.ts";
import { entry, pageName, paragraph, titleLines, verbatim } from "./man.ts";

/** The section of the manual for formats of files. */
const FORMAT_SECTION = 5;

/** A format that has a manual page. */
export interface Format {
  /** As `pitboot man` takes it, for instance `document`. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** All but the name of the page. */
  readonly parts: readonly FormatPart[];
}

/** A part of the page, under a heading. */
export interface FormatPart {
  /** In capitals. */
  readonly heading: string;
  /** Paragraphs, terms with their explanation, and lines to copy. */
  readonly blocks: readonly (string | Term | { readonly lines: readonly string[] })[];
}

/** A term and its explanation. */
export type Term = readonly [term: string, words: string];

/** The schema of an object, or of what holds objects. */
export interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema & JsonSchema>>;
  /** The keys that are always there. */
  readonly required?: readonly string[];
  readonly items?: ObjectSchema;
  readonly additionalProperties?: ObjectSchema;
  readonly anyOf?: readonly ObjectSchema[];
}

/**
 * Explains the keys of an object: the type of each value and what it means, both as the
 * schema has it.
 *
 * @param schema That of the object.
 */
export function terms({ properties = {}, required = [] }: ObjectSchema): Term[] {
  return Object.entries(properties).map(([key, schema]) => {
    const may = required.includes(key) ? "" : ", may be missing";
    return [key, `(${typeWords(schema)}${may}) ${schema["description"]}`];
  });
}

/** Says in words what a value looks like. */
export function typeWords(schema: JsonSchema): string {
  const { type, anyOf, enum: values, items } = schema;
  if (Array.isArray(values)) return values.join(" | ");
  if (Array.isArray(anyOf)) return anyOf.map(typeWords).join(" or ");
  if (type === "array") return `list of ${typeWords(items as JsonSchema)}`;
  return TYPE_WORDS[String(type)] ?? String(type);
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  boolean: "true or false",
  integer: "whole number",
  string: "text",
};

/** Writes the manual page of a format, in roff; `date` as `2022-08-01`. */
export function formatPage({ name, summary, parts }: Format, date: string): string {
  const lines = parts.flatMap(({ heading, blocks }) => [
    `.SH ${heading}`,
    ...blocks.flatMap((block, i) => {
      if (typeof block === "string") return [...i > 0 ? [".PP"] : [], ...paragraph(block)];
      return "lines" in block ? verbatim(block.lines) : entry(...block);
    }),
  ]);
  const title = titleLines(pageName(name), summary, { section: FORMAT_SECTION, date });
  return [...title, ...lines, ""].join("\n");
}

/** Writes the same as text, in lines of at most `width` characters. */
export function formatText({ name, summary, parts }: Format, width: number): string {
  const lines = parts.flatMap(({ heading, blocks }) => [
    "",
    heading,
    ...blocks.flatMap((block, i) => {
      if (typeof block === "string") return [...i > 0 ? [""] : [], ...wrap(block, width)];
      if ("lines" in block) return ["", ...block.lines.map((line) => `    ${line}`)];
      return hang(`  ${block[0]}`, block[1], 20, width);
    }),
  ]);
  return [...wrap(`${pageName(name)} - ${summary}`, width), ...lines, ""].join("\n");
}
