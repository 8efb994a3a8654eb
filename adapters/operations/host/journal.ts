import { HostCommandError } from "./host_commands.ts";
import { type HostCommand } from "./services.ts";
import { runOnHost } from "./host_commands.ts";

const milliseconds = 20_000;
const maxLines = 5000;
/** What has to do with the driver; runtimes log a lot about pods that is none of its business. */
const concerning = /nri|cdi|dramemory|dra\.memory|hugetlb|hugepage|cpuset|cgroup/i;

/**
 * The last lines of a service's journal that have to do with the driver; empty where the journal has none. Rejects
 * with {@link HostCommandError} when it cannot be read.
 */
export async function journalLines(service: string, run: HostCommand = runOnHost): Promise<string[]> {
  const command = [
    "journalctl",
    "--unit",
    service,
    "--lines",
    `${maxLines}`,
    "--no-pager",
    "--quiet",
  ] as const;
  const { code, stdout, stderr } = await run([...command, "--output", "short-iso"], milliseconds);
  if (code !== 0) {
    const [reason = ""] = stderr.trim().split("\n");
    throw new HostCommandError(`Cannot read the journal of ${service}: ${reason || `exit ${code}`}`);
  }
  return stdout.split("\n").filter((line) => concerning.test(line));
}
