import type { FoundRuntime } from "./find_runtime.ts";

/** What to do so that a runtime's configuration fits, in one line. */
export function setupCommand(found: FoundRuntime): string {
  const { distribution } = found;
  return distribution?.way.kind === "elsewhere" ? distribution.way.remedy : commandFor(found, "");
}

/** What takes back what {@link setupCommand} does. */
export function undoCommand(found: FoundRuntime): string {
  return commandFor(found, " --undo");
}

function commandFor(found: FoundRuntime, flag: string): string {
  const { runtime, configuration, services } = found;
  const path = configuration === runtime.usualConfiguration ? "" : ` ${configuration}`;
  const command = `dramemory setup-runtime ${runtime.name}${path}${flag}`;
  return services.length === 0 ? `${command}, then ${restartText(found)}` : `${command} --restart`;
}

/** How a runtime is restarted: `systemctl restart k3s (k3s-agent on other nodes)`. */
export function restartText({ runtime, services: [service, ...others] }: FoundRuntime): string {
  if (service === undefined) return `restart the service that runs this ${runtime.name}`;
  return `systemctl restart ${service}${others.length === 0 ? "" : ` (or ${others.join(", ")})`}`;
}
