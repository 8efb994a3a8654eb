import { join } from "node:path";

/** A CDI device that cannot be injected. */
export class CdiInjectionError extends Error {
  override name = "CdiInjectionError";
}

interface SpecFile {
  readonly kind: string;
  readonly devices: readonly {
    readonly name: string;
    readonly containerEdits: { readonly env?: readonly string[] };
  }[];
}

/**
 * The environment of a container after the edits of its CDI devices, as a runtime makes it: a variable that is set
 * already is replaced. Throws {@link CdiInjectionError} for a device that no specification in the directory has.
 */
export async function injectCdi(
  directory: string,
  deviceIds: readonly string[],
  environment: readonly string[],
): Promise<string[]> {
  const variables = new Map(environment.map((entry) => [nameOf(entry), entry]));
  const edits = deviceIds.length === 0 ? new Map() : await cdiEdits(directory);
  for (const id of deviceIds) {
    const env = edits.get(id);
    if (env === undefined) throw new CdiInjectionError(`Cannot inject CDI device ${id}: unresolvable`);
    for (const entry of env) variables.set(nameOf(entry), entry);
  }
  return [...variables.values()];
}

/** What the specifications in a directory add to the environment, by fully qualified device name. */
export async function cdiEdits(directory: string): Promise<Map<string, readonly string[]>> {
  const edits = new Map<string, readonly string[]>();
  for await (const { name } of Deno.readDir(directory)) {
    if (!name.endsWith(".json")) continue;
    const { kind, devices }: SpecFile = JSON.parse(await Deno.readTextFile(join(directory, name)));
    for (const device of devices) edits.set(`${kind}=${device.name}`, device.containerEdits.env ?? []);
  }
  return edits;
}

function nameOf(entry: string): string {
  return entry.slice(0, entry.indexOf("="));
}
