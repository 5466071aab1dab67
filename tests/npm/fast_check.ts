/** Property tests. Named here once, so that the whole suite uses one version. */
export { default } from "npm:fast-check@4.5.3";
