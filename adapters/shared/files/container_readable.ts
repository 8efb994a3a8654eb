import { dirname } from "node:path";

/** What containers may read and not change, in Fedora's policy (container-selinux) and in the reference policy. */
const readableByContainers = "system_u:object_r:container_ro_file_t:s0";

/** The label of what this thread makes from now on (`fscreate`, proc_pid_attr(5)). */
const labelOfNewFiles = "/proc/thread-self/attr/fscreate";

/** What has the kernel label new files as it would by itself. */
const ownLabel = "\n";

/**
 * Makes a directory whose files containers may read where SELinux is enforced, with those above it as usual: files have
 * the type of their directory. Where there is no SELinux, or its policy has no such type or does not let this process
 * use it, the directory is made as any other. One that is there stays as it is.
 *
 * Done on this thread, whose label for new files it is.
 */
export function makeContainerReadable(directory: string): void {
  if (isThere(directory)) return;
  Deno.mkdirSync(dirname(directory), { recursive: true });
  if (setLabel(readableByContainers)) {
    try {
      Deno.mkdirSync(directory);
    } catch (error) {
      // Denied by the policy, or another instance was faster: both are settled below.
      if (!(error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.AlreadyExists)) {
        throw error;
      }
    } finally {
      Deno.writeTextFileSync(labelOfNewFiles, ownLabel);
    }
  }
  Deno.mkdirSync(directory, { recursive: true });
}

/**
 * Has what this thread makes from now on labeled so. False where the kernel does not take the label, whatever its reason:
 * it has no SELinux, or its policy has no such type or denies it to this process.
 */
function setLabel(label: string): boolean {
  try {
    Deno.writeTextFileSync(labelOfNewFiles, label);
    return true;
  } catch {
    return false;
  }
}

function isThere(directory: string): boolean {
  try {
    Deno.statSync(directory);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
