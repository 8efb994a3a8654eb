import assert from "node:assert/strict";

/** An answer as it came over the connection. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Connects, sends text as it is and reads until the server closes. */
export async function exchange(port: number, request: string): Promise<RawAnswer> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(request));
  return parseAnswer(await readToEnd(connection));
}

/** Everything that comes until the server closes. */
export async function readToEnd(connection: Deno.Conn): Promise<string> {
  return await new Response(connection.readable, {}).text();
}

function parseAnswer(text: string): RawAnswer {
  const [head = "", ...bodies] = text.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  assert.match(statusLine, /^HTTP\/1\.1 \d{3} [A-Z][A-Za-z ]+$/);
  return {
    status: Number(statusLine.split(" ")[1]),
    headers: new Map(lines.map((line) => {
      const [name = "", value = ""] = line.split(": ");
      return [name, value];
    })),
    body: bodies.join("\r\n\r\n"),
  };
}
