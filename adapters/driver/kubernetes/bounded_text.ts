import { MalformedAnswerError } from "./api_error.ts";

/** Far more than the largest object that etcd takes (1.5 MiB), and than a node's slices together. */
const maxBytes = 32 * 2 ** 20;

const smallBytes = 64 * 2 ** 10;

/** Reads a whole body as text. Throws {@link MalformedAnswerError} and stops reading when it is endless. */
export async function readBoundedText(response: Response, limitBytes = maxBytes): Promise<string> {
  // In one piece where it is known to be small, as a claim is: each piece is one more turn.
  if (Number(response.headers.get("content-length") ?? Infinity) <= smallBytes) return await response.text();
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "", bytes = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > limitBytes) {
      throw new MalformedAnswerError(`Cannot read an answer of over ${limitBytes} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
