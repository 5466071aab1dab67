/**
 * Apache as a PIT has it: what it hands out is below a root of ours.
 *
 * @module
 */

import { isThere, until } from "../kit.ts";

/** An Apache that runs. */
export interface Apache extends AsyncDisposable {
  /** `HOST:PORT`. */
  readonly server: string;
}

/** Where an Apache is, and what it has. */
export interface ApachePlaces {
  /** `ADDRESS:PORT`, or the port alone. */
  readonly listen: string;
  /** What it hands out. */
  readonly documents: string;
  /** The file of its process id. */
  readonly pid: string;
  readonly log: string;
  /** Its access log, as SUSE has it. @default None. */
  readonly access?: string;
}

const MODULES = "mpm_prefork authz_core dir".split(" ")
  .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);

/** SUSE's: it logs the length of a file, whatever was sent of it. */
const COMBINED = '%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"';

/** The PIT grants directories one by one; it knows none of the nodes of later releases. */
const RULES = `
<Directory "/">
  Require all denied
</Directory>
<LocationMatch "^/">
  Require all granted
</LocationMatch>
<LocationMatch "^/.*/">
  Require all denied
</LocationMatch>
<LocationMatch "^/boot/">
  Require all granted
</LocationMatch>
<LocationMatch "^/ncn-[a-zA-z0-9-]+/">
  Require all granted
</LocationMatch>
`;

/**
 * Writes `httpd.conf`.
 *
 * @param places Where it is, and what it has.
 */
export function apacheConf({ listen, documents, pid, log, access }: ApachePlaces): string {
  return [
    ...MODULES,
    `Listen ${listen}`,
    "ServerName pit",
    ...Deno.uid() === 0 ? ["User nobody", "Group nogroup"] : [],
    `PidFile ${pid}`,
    `ErrorLog ${log}`,
    "StartServers 1",
    ...access === undefined
      ? []
      : [`LogFormat "${COMBINED}" combined`, `CustomLog ${access} combined`],
    `DocumentRoot "${documents}"`,
    `<Directory "${documents}">`,
    "  Options Indexes FollowSymLinks SymLinksIfOwnerMatch",
    "  AllowOverride None",
    "</Directory>",
    RULES,
  ].join("\n");
}

/**
 * Writes `httpd.conf` for an Apache on loopback.
 *
 * @param directory A directory for its own files.
 * @param documents What it hands out.
 */
export function writeConfig(directory: string, documents: string, port: number): void {
  const [pid, log] = [`${directory}/pid`, `${directory}/error_log`];
  const conf = apacheConf({ listen: `127.0.0.1:${port}`, documents, pid, log });
  Deno.writeTextFileSync(`${directory}/httpd.conf`, conf);
}

/**
 * Starts an Apache on loopback.
 *
 * @param directory A directory for its own files.
 * @param documents What it hands out.
 */
export async function startApache(directory: string, documents: string): Promise<Apache> {
  for (let tries = 1;; tries++) {
    const apache = await startAt(freePort(), directory, documents);
    if (apache) return apache;
    // Somebody else may have taken the port meanwhile.
    if (tries === MOST_TRIES) throw new Error("Apache does not start");
  }
}

const MOST_TRIES = 5;

async function startAt(
  port: number,
  directory: string,
  documents: string,
): Promise<Apache | null> {
  writeConfig(directory, documents, port);
  // At its end it ends all of its process group.
  const child = new Deno.Command("setsid", {
    args: ["/usr/sbin/apache2", "-d", directory, "-f", `${directory}/httpd.conf`, "-DFOREGROUND"],
    ...{ stdin: "null", stdout: "null", stderr: "inherit" } as const,
  }).spawn();
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  // It is written when the port is its own.
  await until(() => hasEnded || isThere(`${directory}/pid`));
  if (hasEnded) return null;
  await connects(port);
  return {
    server: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

/** Waits until somebody listens. */
async function connects(port: number): Promise<void> {
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
