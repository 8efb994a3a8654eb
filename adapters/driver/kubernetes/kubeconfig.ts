import { readGivenText } from "../../shared/files/given_text.ts";
import { KeptFile } from "../../shared/files/kept_file.ts";
import type { ClusterAccess, Identity } from "./cluster_access.ts";
import { ExecPlugin } from "./exec_plugin.ts";
import { type CurrentContext, currentContext, type Source } from "./kubeconfig_context.ts";
import { understood } from "./kubeconfig_file.ts";
import { tokenIn } from "./token_file.ts";
import { osReason } from "../../shared/files/os_reason.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

/** A text that is known, or the file that has it at the moment. */
type Held = string | KeptFile;

/**
 * A context of a kubeconfig, with its certificates, tokens and plugin. This file loads what reads YAML: import
 * it only for a kubeconfig, by `import()`.
 */
export class Kubeconfig implements ClusterAccess {
  readonly server: string;
  /** The namespace of the context, where it has one. */
  readonly namespace: string | undefined;
  readonly #authority: Held;
  readonly #certificate: Held;
  readonly #key: Held;
  readonly #token: Held;
  readonly #plugin: ExecPlugin | undefined;

  /** Reads a kubeconfig file and takes a context of it, or the current one. Throws {@link OperatorError}. */
  static async read(path: string, context?: string): Promise<Kubeconfig> {
    const text = await textIfThere(path);
    if (text === undefined) {
      throw new OperatorError(
        `Cannot read the kubeconfig ${path}: there is no such file (name another with --kubeconfig)`,
      );
    }
    return new Kubeconfig(currentContext([understood(path, text)], context));
  }

  /**
   * The same for several files, of which any may be missing: undefined where all are. Throws {@link OperatorError}, also
   * for a file that is there and cannot be read or understood.
   */
  static async readAll(paths: readonly string[], context?: string): Promise<Kubeconfig | undefined> {
    const texts = await Promise.all(paths.map(async (path) => ({ path, text: await textIfThere(path) })));
    const files = texts.flatMap(({ path, text }) => text === undefined ? [] : [understood(path, text)]);
    return files.length === 0 ? undefined : new Kubeconfig(currentContext(files, context));
  }

  private constructor({ server, namespace, authority, certificate, key, token, exec }: CurrentContext) {
    this.server = server;
    this.namespace = namespace;
    this.#authority = held(authority);
    this.#certificate = held(certificate);
    this.#key = held(key);
    this.#token = held(token);
    // A token that is there makes a program unnecessary, as for client-go.
    this.#plugin = exec === undefined || token !== undefined ? undefined : new ExecPlugin(exec);
  }

  async identity(): Promise<Identity> {
    const authority = textOf(this.#authority);
    const { token, certificate, key } = await this.#plugin?.credential() ?? {
      token: typeof this.#token === "string" ? this.#token : tokenIn(this.#token),
      certificate: "",
      key: "",
    };
    return {
      authority,
      certificate: certificate || textOf(this.#certificate),
      key: key || textOf(this.#key),
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    };
  }
}

/** Certificates of hundreds of clusters are less. */
const maxBytes = 16 << 20;

async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readGivenText(path, maxBytes);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw new OperatorError(
      `Cannot read the kubeconfig ${path}: ${osReason(cause)} (name another with --kubeconfig)`,
      { cause },
    );
  }
}

function held(source: Source | undefined): Held {
  if (source === undefined) return "";
  return "text" in source ? source.text : new KeptFile(source.path);
}

function textOf(held: Held): string {
  return typeof held === "string" ? held : held.read();
}
