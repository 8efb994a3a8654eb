import type { NriSocketFacts } from "../../../core/operations/ports/node_facts.ts";

/**
 * Connects to a runtime's NRI socket and lets go at once, without registering. containerd logs that an external plugin
 * failed to start, and goes on to the next connection. Never rejects for what is there; waits no longer than the given
 * time.
 */
export async function probeNriSocket(path: string, milliseconds: number): Promise<NriSocketFacts["outcome"]> {
  const connecting = Deno.connect({ transport: "unix", path });
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), milliseconds);
  try {
    const connection = await Promise.race([connecting, late.promise]);
    if (connection === "late") {
      // What still comes of it goes at once, and what does not is told already.
      connecting.then((connection) => connection.close(), () => {});
      return { kind: "refused", reason: `no answer within ${milliseconds} ms` };
    }
    connection.close();
    return { kind: "connected" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "missing" };
    if (!(error instanceof Error)) throw error;
    if (await isSomethingElse(path)) return { kind: "no socket" };
    return { kind: "refused", reason: error.message.replace(/ \(os error .*/, "").toLowerCase() };
  } finally {
    clearTimeout(timer);
  }
}

/** The kernel refuses a connection to what is no socket as it does to a socket without a listener. */
async function isSomethingElse(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isSocket !== true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
