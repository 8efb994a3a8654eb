import { isAbsolute, join } from "node:path";
import * as v from "valibot";
import { parse } from "yaml";

const kubeconfig = v.object({
  users: v.array(
    v.object({ name: v.string(), user: v.nullish(v.object({ tokenFile: v.optional(v.string()) })) }),
  ),
});

/**
 * The `tokenFile` of a user of a kubeconfig, which `KubeConfig` of client-node leaves out (it looks for a
 * `token-file`). Undefined when the user has none.
 */
export function tokenFileOf(text: string, userName: string, directory: string): string | undefined {
  const { users } = v.parse(kubeconfig, parse(text));
  const file = users.find(({ name }) => name === userName)?.user?.tokenFile;
  return file === undefined || isAbsolute(file) ? file : join(directory, file);
}
