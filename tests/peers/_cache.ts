import { join } from "node:path";

/** Where built peers are kept between runs: `dramemory-peers` in the user's cache directory. */
export function cacheDirectory(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/tmp", ".cache");
  return join(base, "dramemory-peers");
}
