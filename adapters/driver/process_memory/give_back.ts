/** What V8 calls itself with `--expose-gc`, which the build sets; absent where the sources are run. */
type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

const { gc } = globalThis as { gc?: Collect };
const libc = gc === undefined ? undefined : openLibc();

/**
 * Gives memory that nothing holds back to the operating system. V8 would keep its heap as large as the last burst of
 * work made it, and glibc the memory that it had for it, since in a process that has nothing to do neither is ever
 * asked for any.
 *
 * It takes some ten milliseconds, in which nothing else is done. Does nothing where the sources are run.
 */
export function giveMemoryBack(): void {
  // Of all ways to collect, this one alone moves what is left together and lets go of the rest.
  gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  libc?.symbols.malloc_trim(0n);
}

function openLibc() {
  return Deno.dlopen("libc.so.6", { malloc_trim: { parameters: ["usize"], result: "i32" } });
}
