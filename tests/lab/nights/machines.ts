/**
 * What virtual machines boot.
 *
 * @module
 */

import { SIZES } from "../../testdata/nights.ts";
import { publishRelease } from "../www.ts";
import type { Recorder } from "./recorder.ts";

/** What a machine says on its console at last. */
export const UP =
  "The system is finally up, after 31.71 seconds cloud-init has come to completion.";

/** Gives a node what a machine can boot. */
export async function publishInLab(night: Recorder, node: string): Promise<void> {
  const images = await publishRelease(night.lab, {
    role: "kubernetes",
    release: "1.6.3",
    marker: "kubernetes",
    up: UP,
  });
  const target = images.replace("/var/www", "..");
  await night.sh(`cd /var/www/${node} && rm kernel initrd.img.xz rootfs
ln -s ${target}/*.kernel kernel
ln -s ${target}/initrd* initrd.img.xz
ln -s ${target}/*.squashfs rootfs`);
  const www = `${night.lab.sandbox.root}/var/www/${node}`;
  night.sizes = Object.fromEntries(
    Object.keys(SIZES).map((name) => [name, Deno.statSync(`${www}/${name}`).size]),
  );
}
