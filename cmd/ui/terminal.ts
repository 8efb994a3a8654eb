/** One of the streams that people read. */
type Stream = Pick<typeof Deno.stdout, "isTerminal" | "writeSync">;

/**
 * Writes all of a text, or of bytes, to stdout. Returns false when nobody reads it any more, as behind `| head`: what is
 * left of it goes nowhere then, which is no failure of whoever wrote it. Throws Deno's error when it cannot be written
 * otherwise, as to a full disk.
 */
export function writeOut(content: string | Uint8Array): boolean {
  return writeAll(Deno.stdout, content);
}

/** Writes all of a text to stderr, see {@link writeOut}. */
export function writeErr(text: string): boolean {
  return writeAll(Deno.stderr, text);
}

/** The width of the terminal behind stdout; undefined where there is none, and nothing has to fit. */
export function outWidth(): number | undefined {
  return widthOf(Deno.stdout);
}

/** The width of the terminal behind stderr, see {@link outWidth}. */
export function errWidth(): number | undefined {
  return widthOf(Deno.stderr);
}

/** Whether stdout may have colors: it is a terminal, and `NO_COLOR` (https://no-color.org) is not set. */
export function outHasColors(): boolean {
  return Deno.stdout.isTerminal() && !Deno.noColor;
}

/** Whether stderr may have colors, see {@link outHasColors}. */
export function errHasColors(): boolean {
  return Deno.stderr.isTerminal() && !Deno.noColor;
}

function writeAll(stream: Stream, content: string | Uint8Array): boolean {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}

/** `COLUMNS` stands above what the terminal says, which is nothing on a serial console. */
function widthOf(stream: Stream): number | undefined {
  if (!stream.isTerminal()) return undefined;
  const wanted = Number(Deno.env.get("COLUMNS"));
  if (Number.isInteger(wanted) && wanted > 0) return wanted;
  try {
    const { columns } = Deno.consoleSize();
    return columns > 0 ? columns : undefined;
  } catch {
    return undefined; // A terminal that tells no size: lines are broken by the terminal itself.
  }
}
