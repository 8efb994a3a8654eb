import { configure, getLogger, type Logger, reset, type TextFormatter } from "@logtape/logtape";

/** Runs with a logger of every level and returns the lines that it wrote. */
export async function linesOf(format: TextFormatter, write: (log: Logger) => void): Promise<string[]> {
  const lines: string[] = [];
  await configure({
    reset: true,
    sinks: { lines: (record) => void lines.push(format(record)) },
    loggers: [
      { category: ["test"], lowestLevel: "trace", sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["lines"] },
    ],
  });
  try {
    write(getLogger(["test"]));
  } finally {
    await reset();
  }
  return lines;
}
