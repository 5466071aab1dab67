/**
 * HTTP as BMCs speak it, on a connection that one can also break off.
 *
 * @module
 */

/** What a client asks. */
export interface Request {
  readonly method: string;
  readonly path: string;
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** What it is answered. */
export interface Reply {
  readonly status: number;
  /** Besides those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const HEAD_END = "\r\n\r\n";

/**
 * Reads what comes on a connection.
 *
 * @param conn The connection.
 * @returns Each request, as long as they come.
 */
export async function* requestsOf(conn: Deno.Conn): AsyncGenerator<Request> {
  let text = "";
  const decoder = new TextDecoder("latin1");
  const buffer = new Uint8Array(16_384);
  const more = async (): Promise<boolean> => {
    const length = await conn.read(buffer).catch(() => null);
    text += decoder.decode(buffer.subarray(0, length ?? 0));
    return length !== null;
  };
  while (true) {
    while (!text.includes(HEAD_END)) if (!await more()) return;
    const end = text.indexOf(HEAD_END) + HEAD_END.length;
    const [line = "", ...fields] = text.slice(0, end).trim().split("\r\n");
    const headers = new Map(fields.map((field) => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    }));
    if (headers.has("expect")) await send(conn, `HTTP/1.1 100 Continue${HEAD_END}`);
    const total = end + Number(headers.get("content-length") ?? 0);
    while (text.length < total) if (!await more()) return;
    const [method = "", path = ""] = line.split(" ");
    const body = text.slice(end, total);
    text = text.slice(total);
    yield { method, path, headers, body };
  }
}

/**
 * Writes an answer.
 *
 * @param reply The answer.
 * @returns Its head, which says how long its body is, and its body.
 */
export function wordsOf({ status, headers = {}, body = "" }: Reply): [head: string, body: string] {
  const all: Record<string, string> = {
    "Content-Type": "application/json; charset=utf-8",
    "OData-Version": "4.0",
    ...headers,
    ...status === 204 ? {} : { "Content-Length": String(new TextEncoder().encode(body).length) },
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [
    [`HTTP/1.1 ${status} ${REASONS[status] ?? "Status"}`, ...lines].join("\r\n") + HEAD_END,
    body,
  ];
}

/**
 * Sends text.
 *
 * @param conn Where to.
 * @param text All of it.
 */
export async function send(conn: Deno.Conn, text: string): Promise<void> {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(await conn.write(bytes));
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  412: "Precondition Failed",
  428: "Precondition Required",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
