/**
 * Reads data.json, and has it judged as far as it can be read.
 *
 * @module
 */

import type { CheckResult } from "../document/document.ts";
import { ifThere } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { ShapeError } from "../text/shape.ts";
import { brokenCloudInit, checkCloudInit, type Expected } from "./check_cloud_init.ts";
import { parseCloudInit, withoutValues } from "./cloud_init.ts";
import { notLooked, resultsOf } from "./judgement.ts";

/**
 * Judges data.json.
 *
 * @param root The file system.
 * @param expected Where it is, and what it is held against.
 * @throws {Failure} If it exists and cannot be read.
 */
export function judgeCloudInit(root: Root, expected: Expected): CheckResult[] {
  const { path } = expected;
  const text = ifThere(() => root.readText(path, "is it readable?"));
  if (text === null) return skipped(path, `${path} does not exist`);
  try {
    return checkCloudInit(parseCloudInit(text), expected);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const why = withoutValues(error);
    return error instanceof ShapeError
      ? skipped(path, `${path}: ${why}`)
      : brokenCloudInit(path, why);
  }
}

function skipped(path: string, why: string): CheckResult[] {
  return resultsOf("cloud-init", [[null, notLooked(`what ${path} says`, why)]]);
}
