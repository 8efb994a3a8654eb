import { join } from "node:path";
import { sleep } from "../bench_node.ts";
import { memoryOf } from "../process_usage.ts";
import type { Measurements } from "./measurements.ts";

const MiB = 2 ** 20, settledMilliseconds = 4_000;

/** Start, memory and size of a program that does nothing but what the platform does. */
export async function measureFloor(
  name: string,
  binary: string,
  directory: string,
  measurements: Measurements,
  rounds: number,
): Promise<void> {
  measurements.add(name, "binary.size", (await Deno.stat(binary)).size / MiB);
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const child = new Deno.Command(binary, {
      args: ["--socket", join(directory, "floor.sock")],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const reader = child.stderr.getReader();
    // It says so when it is ready.
    await reader.read();
    measurements.add(name, "start.registered", performance.now() - start);
    await sleep(settledMilliseconds);
    const { resident, anonymous } = await memoryOf(child.pid);
    measurements.add(name, "memory.idle.resident", resident / MiB);
    measurements.add(name, "memory.idle.anonymous", anonymous / MiB);
    child.kill("SIGKILL");
    await reader.cancel();
    await child.status;
  }
}
