/**
 * The files by which the Redfish services of a lab are started.
 *
 * @module
 */

import type { Bmc } from "../bmc.ts";
import type { Asked, Line } from "./fake.ts";

export type { Asked };

/** How far from a service's port that one is at which it listens behind nginx. */
const BEHIND = 10_000;

/** What old servers speak, as nginx is told. */
const OLD_TLS: Readonly<Record<string, readonly string[]>> = {
  "tls:cbc": ["ssl_protocols TLSv1.2", "ssl_ciphers AES256-SHA:AES128-SHA:@SECLEVEL=0"],
  "tls:1.0": ["ssl_protocols TLSv1 TLSv1.1", "ssl_ciphers DEFAULT:@SECLEVEL=0"],
  "tls:small": ["ssl_protocols TLSv1.2", "ssl_ciphers DEFAULT:@SECLEVEL=0"],
};

/**
 * Writes what the process of fake.ts reads, and nginx where it stands before it.
 *
 * @param bmcs All BMCs.
 * @param script `bmc.sh`.
 * @returns Names below `/run/lab` and contents; none where no BMC has Redfish.
 */
export function redfishFiles(
  bmcs: readonly Bmc[],
  script: string,
): { name: string; content: string }[] {
  const lines = bmcs.flatMap((bmc) => lineOf(bmc, script) ?? []);
  if (lines.length === 0) return [];
  const servers = lines.flatMap((line) => serverOf(line) ?? []);
  return [
    { name: "redfish.json", content: JSON.stringify(lines) },
    ...servers.length === 0
      ? []
      : [{ name: "files/etc/nginx/redfish.conf", content: nginxConfOf(servers) }],
  ];
}

function lineOf(bmc: Bmc, script: string): Line | null {
  if (!bmc.redfish) return null;
  const { name, mac, address, ip, faults, user, password } = bmc;
  const { kind, port } = bmc.redfish;
  const isPlain = faults.some((fault) => fault in OLD_TLS);
  const directory = `/run/lab/bmc/${bmc.node}`;
  return {
    name,
    mac,
    address,
    ip,
    faults,
    user,
    password,
    kind,
    script,
    directory,
    isPlain,
    port: isPlain ? port + BEHIND : port,
  };
}

function serverOf({ faults, port, isPlain }: Line): string | null {
  if (!isPlain) return null;
  const settings = faults.flatMap((fault) => OLD_TLS[fault] ?? []);
  const certificate = here(faults.includes("tls:small") ? "small.pem" : "bmc.pem");
  return `  server {
    listen 127.0.0.1:${port - BEHIND} ssl;
    ssl_certificate ${certificate};
    ssl_certificate_key ${certificate};
    ${settings.join(";\n    ")};
    location / {
      proxy_pass http://127.0.0.1:${port};
      proxy_set_header Host $http_host;
    }
  }
`;
}

function nginxConfOf(servers: readonly string[]): string {
  return `pid /run/nginx-redfish.pid;
error_log /run/lab/nginx-redfish.log;
events {}
http {
  access_log off;
${servers.join("")}}
`;
}

function here(name: string): string {
  return new URL(`./${name}`, import.meta.url).pathname;
}
