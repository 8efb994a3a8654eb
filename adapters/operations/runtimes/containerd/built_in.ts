import { RuntimeConfigError } from "../../../../core/operations/runtimes/configuration.ts";
import { isAtLeast, type RuntimeVersion } from "../../../../core/operations/runtimes/runtime_version.ts";
import type { ConfigVersion } from "./names.ts";

/** A file that sets nothing, of the version that a containerd writes itself. Throws {@link RuntimeConfigError}. */
export function builtInFile(containerd: RuntimeVersion): string {
  return `version = ${configVersionOf(containerd)}\n`;
}

/** The version of the configuration that a containerd writes itself. Throws {@link RuntimeConfigError}. */
export function configVersionOf(containerd: RuntimeVersion): ConfigVersion {
  if (containerd.major > 2 || !isAtLeast(containerd, 1, 7)) {
    throw new RuntimeConfigError(
      `Cannot write a configuration for containerd ${containerd.text} (1.7 to 2.x are known)`,
    );
  }
  if (isAtLeast(containerd, 2, 3)) return 4;
  return containerd.major === 2 ? 3 : 2;
}
