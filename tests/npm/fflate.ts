/** A writer of zip files. Named here once, so that the suite uses one version. */
export { zipSync } from "npm:fflate@0.8.2";
