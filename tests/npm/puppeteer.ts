/** Drives a browser. Named here once, so that the suite uses one version. */
export { default as puppeteer } from "npm:puppeteer-core@25.16.0";
