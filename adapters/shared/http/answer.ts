/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** An answer for people. */
export function text(status: number, body: string): Answer {
  return { status, contentType: "text/plain; charset=utf-8", body: `${body}\n` };
}

/** Prints an answer as the only one of its connection. */
export function encodeAnswer({ status, contentType, body }: Answer, withBody: boolean): Uint8Array {
  const encoder = new TextEncoder();
  const head = [
    `HTTP/1.1 ${status} ${reasons[status] ?? ""}`,
    `content-type: ${contentType}`,
    `content-length: ${encoder.encode(body).length}`,
    ...(status === 405 ? ["allow: GET, HEAD"] : []),
    "connection: close",
  ];
  return encoder.encode(`${head.join("\r\n")}\r\n\r\n${withBody ? body : ""}`);
}
