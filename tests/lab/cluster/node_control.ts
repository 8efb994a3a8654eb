/**
 * `node_control.ts SOCKET COMMAND …`: has the cluster's node do something and waits until it is done, see
 * guest/cluster-node.
 */
import { bounded } from "../../peers/bounded.ts";

const limitMilliseconds = 120_000;

/** Sends a command and resolves when the node has answered it. */
export async function commandNode(socket: string, command: string): Promise<void> {
  using connection = await Deno.connect({ transport: "unix", path: socket });
  await connection.write(new TextEncoder().encode(`${command}\n`));
  await bounded(`the node to do: ${command}`, limitMilliseconds, answer(connection));
}

async function answer(connection: Deno.Conn): Promise<void> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(256);
  for (let text = ""; !text.includes("done\n");) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("the node's machine ended");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
}

const [socket, ...command] = Deno.args;
if (import.meta.main && socket !== undefined) await commandNode(socket, command.join(" "));
