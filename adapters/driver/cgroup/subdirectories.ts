/** The cgroups right below one, by name. None of one that is gone or not to be read; links are never followed. */
export async function subdirectories(directory: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(directory));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  } catch (error) {
    if (isUnknown(error)) return [];
    throw error;
  }
}

/** Not there, gone meanwhile (a file of a removed cgroup is "no such device"), or not to be read by this user. */
export function isUnknown(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotADirectory ||
    error instanceof Error && "code" in error && error.code === "ENODEV";
}
