/** A JSON Schema validator. Named here once, so that the suite uses one version. */
export { Ajv2020 } from "npm:ajv@8.17.1/dist/2020.js";
