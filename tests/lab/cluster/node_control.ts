/**
 * `node_control.ts SOCKET COMMAND …`: has the cluster's node do something, waits until it is done and prints what it
 * said, see guest/cluster-node.
 */
import { bounded } from "../../peers/bounded.ts";

const limitMilliseconds = 120_000;

/** How the node answered: what it said, and the exit code. */
export interface NodeAnswer {
  readonly text: string;
  readonly code: number;
}

/** Sends a command and resolves when the node has answered it. */
export async function commandNode(socket: string, command: string): Promise<NodeAnswer> {
  using connection = await Deno.connect({ transport: "unix", path: socket });
  await connection.write(new TextEncoder().encode(`${command}\n`));
  return await bounded(`the node to do: ${command}`, limitMilliseconds, answer(connection));
}

async function answer(connection: Deno.Conn): Promise<NodeAnswer> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  for (let text = "";;) {
    const [, said = "", code] = /^([^]*?)done (\d+)\n$/.exec(text) ?? [];
    if (code !== undefined) return { text: said, code: Number(code) };
    const count = await connection.read(buffer);
    if (count === null) throw new Error("the node's machine ended");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

const [socket, ...command] = Deno.args;
if (import.meta.main && socket !== undefined) {
  const { text, code } = await commandNode(socket, command.join(" "));
  await Deno.stdout.write(new TextEncoder().encode(text));
  Deno.exit(code);
}
