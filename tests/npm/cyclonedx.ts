/** The validator of CycloneDX. It takes what it needs from its neighbours. */
export { default as formats } from "npm:ajv-formats@3.0.1";
export { default as moreFormats } from "npm:ajv-formats-draft2019@1.6.1";
export { default as Ajv } from "npm:ajv@8.17.1";
export { JsonStrictValidator } from "npm:@cyclonedx/cyclonedx-library@10.3.0/Validation";
export { Version } from "npm:@cyclonedx/cyclonedx-library@10.3.0/Spec";
