import { quoted } from "../../../core/values/quoted.ts";
/** What is looked at of an HTTP request. */
export interface RequestHead {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

/** A request that is not understood: the status that says so, and why. */
export class RequestError extends Error {
  override name = "RequestError";
  constructor(readonly status: 400 | 431, message: string) {
    super(message);
  }
}

/** Room for what probes and Prometheus send, many times over. */
const maxHeadBytes = 8192;

/** What bytes are read from: a connection. */
export interface ByteSource {
  read(buffer: Uint8Array): Promise<number | null>;
}

/**
 * Reads a request up to the empty line and keeps its first line (RFC 9112, sections 2 and 3). Undefined when the
 * client leaves before. Throws {@link RequestError}, and what `read` throws.
 */
export async function readRequestHead(source: ByteSource): Promise<RequestHead | undefined> {
  const buffer = new Uint8Array(maxHeadBytes);
  let text = "";
  for (let length = 0; length < maxHeadBytes;) {
    const count = await source.read(buffer.subarray(length));
    if (count === null) return undefined;
    length += count;
    text = latin1.decode(buffer.subarray(0, length));
    if (text.includes("\r\n\r\n")) return parseRequestLine(text.slice(0, text.indexOf("\r\n")));
  }
  throw new RequestError(431, `Cannot read a request whose head is longer than ${maxHeadBytes} bytes`);
}

const latin1 = new TextDecoder("latin1");

function parseRequestLine(line: string): RequestHead {
  const [, method, path] = /^([A-Z]{1,16}) ([^ ?]+)(?:\?[^ ]*)? HTTP\/1\.[01]$/.exec(line) ?? [];
  if (method === undefined || path === undefined) {
    throw new RequestError(400, `Cannot parse request: ${quoted(line)}`);
  }
  return { method, path };
}
