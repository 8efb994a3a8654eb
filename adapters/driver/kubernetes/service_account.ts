import { KeptFile } from "../../shared/files/kept_file.ts";
import type { ClusterAccess, Identity } from "./cluster_access.ts";
import { tokenIn } from "./token_file.ts";
import { messageOf } from "../../../core/values/message_of.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

const mount = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The service account that Kubernetes gives to a pod: two variables say where the API server is, a file has its
 * authority and another one the token, which the kubelet replaces long before it expires.
 */
export class ServiceAccount implements ClusterAccess {
  readonly server: string;
  readonly #token: KeptFile;
  readonly #authority: KeptFile;

  /** `root` stands in for the root directory. Throws {@link OperatorError}. */
  constructor(root = "") {
    const host = variable("KUBERNETES_SERVICE_HOST");
    const port = variable("KUBERNETES_SERVICE_PORT");
    this.server = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
    this.#token = file(`${root}${mount}/token`);
    this.#authority = file(`${root}${mount}/ca.crt`);
  }

  identity(): Promise<Identity> {
    return Promise.try(() => ({
      authority: this.#authority.read(),
      certificate: "",
      key: "",
      headers: { authorization: `Bearer ${tokenIn(this.#token)}` },
    }));
  }
}

function variable(name: string): string {
  const value = Deno.env.get(name);
  if (value) return value;
  throw new OperatorError(
    `Cannot find the cluster: ${name} is not set, so this is no pod (name a kubeconfig with --kubeconfig)`,
  );
}

function file(path: string): KeptFile {
  try {
    Deno.statSync(path);
    return new KeptFile(path);
  } catch (cause) {
    const why = messageOf(cause);
    throw new OperatorError(
      `Cannot use the pod's service account: ${path}: ${why} ` +
        "(set automountServiceAccountToken, or name a kubeconfig with --kubeconfig)",
      { cause },
    );
  }
}
