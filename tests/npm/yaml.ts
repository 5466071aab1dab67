/** A reader of YAML. Named here once, so that the suite uses one version. */
export { parse } from "npm:yaml@2.8.1";
