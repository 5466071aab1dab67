/**
 * The configuration of the servers whose logs a recorded night consists of.
 *
 * @module
 */

import { pitFile } from "../../testdata/pit.ts";

/** Which servers a night has. */
export interface NightServers {
  /** @default {"apache"} */
  readonly web?: "apache" | "nginx" | "none";
  /** The web server's format. @default {"suse"} */
  readonly format?: keyof typeof FORMATS | "json";
  /** Seconds until Apache gives a client up. @default {60} */
  readonly timeout?: number;
  /** KiB a second that Apache gets of a root filesystem, as of a slow disk. @default No limit. */
  readonly disk?: number;
  /** Where the machine is. @default {"UTC"} */
  readonly zone?: string;
  /** The nodes whose consoles conman logs. @default {[]} */
  readonly consoles?: readonly string[];
}

const AGENT = '\\"%{Referer}i\\" \\"%{User-Agent}i\\"';

/** By who has it. */
const FORMATS = {
  suse: `%h %l %u %t \\"%r\\" %>s %b ${AGENT}`,
  debian: `%h %l %u %t \\"%r\\" %>s %O ${AGENT}`,
  vhost: `%v:%p %h %l %u %t \\"%r\\" %>s %b ${AGENT}`,
  logio: `%h %l %u %t \\"%r\\" %>s %b ${AGENT} %O %X`,
} as const;

/** Where each web server logs. */
export const LOGS = {
  apache: "/var/log/apache2/access_log",
  nginx: "/var/log/nginx/access.log",
  none: null,
} as const;

/** Where conman logs. */
export const CONSOLES = "/var/log/conman";

/** The driver appends to it what a console of a node shows. */
export const TTY = "/run/lab/tty";

/** Apache with the PIT's rules; its modules are in another place there. */
export function apacheNight({ format = "suse", timeout = 60, disk }: NightServers): string {
  const rules = pitFile("default-server.conf").replaceAll(/^LoadModule .*\n/gm, "");
  return `${
    ["mpm_prefork", "authz_core", "dir", "env", "ratelimit"].map((name) =>
      `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so\n`
    ).join("")
  }Listen 80
User nobody
Group nogroup
PidFile /run/apache2.pid
ErrorLog /var/log/apache2/error_log
Timeout ${timeout}
LogFormat "${format === "json" ? FORMATS.suse : FORMATS[format]}" combined
CustomLog ${LOGS.apache} combined
${rules}${disk === undefined ? "" : slowDisk(disk)}`;
}

function slowDisk(rate: number): string {
  return `<LocationMatch "/rootfs$">
  SetOutputFilter RATE_LIMIT
  SetEnv rate-limit ${rate}
</LocationMatch>
`;
}

/** nginx beside it, with its own format or another one. */
export function nginxNight({ format }: NightServers): string {
  const json = `'{"time":"$time_iso8601","client":"$remote_addr","uri":"$request_uri"}'`;
  return `user nobody nogroup;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events {}
http {
  log_format json ${json};
  access_log ${LOGS.nginx}${format === "json" ? " json" : ""};
  sendfile on;
  server {
    listen 80;
    root /var/www;
    location = / { return 200; }
  }
}
`;
}

/** conman with the PIT's options; its consoles show what the driver says. */
export function conmanNight(consoles: readonly string[]): string {
  return `SERVER keepalive=ON
SERVER logdir="${CONSOLES}"
SERVER logfile="conman.log"
SERVER loopback=ON
SERVER pidfile="/run/conmand.pid"
SERVER timestamp=1h
GLOBAL log="console.%N"
GLOBAL logopts="sanitize,timestamp"
${
    consoles.map((node) => `CONSOLE name="${node}-mgmt" dev="/run/lab/console.sh ${node}"\n`).join(
      "",
    )
  }`;
}

/** What SUSE's packages have logrotate do, for the log of a web server. */
export function rotation(log: string, { compress }: { compress: boolean }): string {
  const reload = log === LOGS.nginx
    ? "kill -USR1 $(cat /run/nginx.pid)"
    : "kill -USR1 $(cat /run/apache2.pid)";
  return `${log} {
  ${compress ? "compress" : "nocompress"}
  dateext
  maxage 365
  rotate 99
  size=+1
  notifempty
  missingok
  create 644 root root
  postrotate
    ${reload}
  endscript
}
`;
}
