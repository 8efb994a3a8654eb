import * as v from "valibot";
import type { OciRuntimeFacts } from "../../../core/operations/ports/node_facts.ts";
import { HostCommandError, runOnHost } from "./host_commands.ts";
import type { HostCommand } from "./services.ts";

const milliseconds = 10_000;

/** As far as it is of use: features.md and features-linux.md of the OCI runtime specification. */
const features = v.object({
  ociVersionMax: v.string(),
  linux: v.optional(
    v.object({ memoryPolicy: v.optional(v.object({ modes: v.optional(v.array(v.string()), []) })) }),
  ),
});

/**
 * Asks the first of these OCI runtimes that the host has what it can do (`runc features`). Undefined where none can be
 * asked, as from a container that is not in the host's namespaces.
 */
export async function ociRuntimeFacts(
  names: readonly string[],
  run: HostCommand = runOnHost,
): Promise<OciRuntimeFacts | undefined> {
  for (const name of names) {
    const said = await featuresOf(name, run);
    if (said !== undefined) return { name, hasPolicies: (said.linux?.memoryPolicy?.modes ?? []).length > 0 };
  }
}

async function featuresOf(
  name: string,
  run: HostCommand,
): Promise<v.InferOutput<typeof features> | undefined> {
  try {
    const { code, stdout } = await run([name, "features"], milliseconds);
    if (code !== 0) return undefined;
    const { success, output } = v.safeParse(features, JSON.parse(stdout));
    return success ? output : undefined;
  } catch (error) {
    if (error instanceof HostCommandError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
