import { basename } from "node:path";
import { statusSockets } from "../../protocols/status/status_sockets.ts";
import { type InstanceStatus, parseStatus } from "../../protocols/status/status_document.ts";
import { osReason } from "../../shared/files/os_reason.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** What came of asking an instance of the driver: it does not run, it answered, or why it did not. */
export type Asked<T> =
  | { readonly kind: "answered"; readonly instance: string; readonly answer: T }
  | { readonly kind: "failed"; readonly instance: string; readonly message: string };

const answerMilliseconds = 5_000;
/** Many times what the largest node has to tell. */
const maxAnswerBytes = 64 << 20;

/** Asks every instance of the driver on this node for its status. Those that were killed are left out. */
export function askForStatus(
  directory: string,
  milliseconds = answerMilliseconds,
): Promise<Asked<InstanceStatus>[]> {
  return ask(directory, "/status", parseStatus, milliseconds);
}

/** Asks every instance of the driver on this node for the last lines of its log. */
export function askForLogs(directory: string, milliseconds = answerMilliseconds): Promise<Asked<string>[]> {
  return ask(directory, "/logs", (text) => text, milliseconds);
}

async function ask<T>(
  directory: string,
  path: string,
  parse: (text: string) => T,
  milliseconds: number,
): Promise<Asked<T>[]> {
  const sockets = await socketsIn(directory);
  const asked = sockets.map(async (socket): Promise<Asked<T>[]> => {
    const instance = basename(socket, ".sock");
    try {
      return [{ kind: "answered", instance, answer: parse(await get(socket, path, milliseconds)) }];
    } catch (error) {
      // Nobody listens any more.
      if (error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.NotFound) return [];
      if (!(error instanceof Error)) throw error;
      return [{
        kind: "failed",
        instance,
        message: `Cannot ask the driver at ${socket}: ${osReason(error)}`,
      }];
    }
  });
  return (await Promise.all(asked)).flat();
}

async function socketsIn(directory: string): Promise<string[]> {
  try {
    return await statusSockets(directory);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    if (!(cause instanceof Error)) throw cause;
    const remedy = cause instanceof Deno.errors.PermissionDenied ? "run it as root" : "see --run-dir";
    throw new OperatorError(`Cannot look for the driver in ${directory}: ${osReason(cause)} (${remedy})`, {
      cause,
    });
  }
}

/** The body of the answer to a GET. Rejects when there is none in time, and with Deno's errors. */
async function get(socket: string, path: string, milliseconds: number): Promise<string> {
  const connection = await Deno.connect({ transport: "unix", path: socket });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    connection.close();
  }, milliseconds);
  try {
    await writeAll(connection, `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    return bodyOf(await readAll(connection));
  } catch (cause) {
    if (!late) throw cause;
    throw new OperatorError(`no answer within ${milliseconds / 1000} seconds`, { cause });
  } finally {
    clearTimeout(timer);
    if (!late) connection.close();
  }
}

async function writeAll(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}

/** Reads up to the end, since the driver closes the connection after its answer. */
async function readAll(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65_536);
  let text = "";
  for (let length = 0;;) {
    const count = await connection.read(buffer);
    if (count === null) return text + decoder.decode();
    length += count;
    if (length > maxAnswerBytes) {
      throw new OperatorError(`the answer has more than ${maxAnswerBytes} bytes`);
    }
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

function bodyOf(answer: string): string {
  const end = answer.indexOf("\r\n\r\n");
  const [, status, length] = /^HTTP\/1\.1 (\d{3}) .*?\r\ncontent-length: (\d{1,9})\r\n/is.exec(answer) ?? [];
  const body = answer.slice(end + 4);
  if (end < 0 || new TextEncoder().encode(body).length !== Number(length)) {
    throw new OperatorError("the answer is incomplete");
  }
  if (status !== "200") {
    throw new OperatorError(`it answered with ${status}: ${body.trim().slice(0, 200)}`);
  }
  return body;
}
