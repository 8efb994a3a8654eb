import * as v from "valibot";
import type { ExecConfig } from "./kubeconfig_context.ts";
import { shortened } from "../../../core/values/quoted.ts";

/** What a program provides. All texts are PEM or a token, as they are sent. */
export interface ExecCredential {
  readonly token: string;
  readonly certificate: string;
  readonly key: string;
}

/** A program that wants more has been asked for something that it waits for. */
const answerMilliseconds = 30_000;

const credentialSchema = v.object({
  kind: v.literal("ExecCredential"),
  apiVersion: v.optional(v.string()),
  status: v.object({
    token: v.nullish(v.string(), ""),
    clientCertificateData: v.nullish(v.string(), ""),
    clientKeyData: v.nullish(v.string(), ""),
    expirationTimestamp: v.nullish(v.pipe(v.string(), v.transform((text) => Date.parse(text)), v.number())),
  }),
});

/**
 * A program that provides credentials, as client-go calls it (KEP-541): what is wanted stands as JSON in
 * `KUBERNETES_EXEC_INFO`, the answer comes on stdout, and is good until the time that it tells. Needs all permissions.
 */
export class ExecPlugin {
  readonly #config: ExecConfig;
  readonly #now: () => number;
  #kept: { readonly credential: ExecCredential; readonly expires: number } | undefined;
  /** The call that is under way, which all wait for that come meanwhile. */
  #call: Promise<ExecCredential> | undefined;

  constructor(config: ExecConfig, now: () => number = Date.now) {
    this.#config = config;
    this.#now = now;
  }

  /** The credentials of the moment. Throws an Error that names the program and says what is wrong. */
  credential(): Promise<ExecCredential> {
    if (this.#kept !== undefined && this.#kept.expires > this.#now()) {
      return Promise.resolve(this.#kept.credential);
    }
    this.#call ??= this.#ask().finally(() => this.#call = undefined);
    return this.#call;
  }

  async #ask(): Promise<ExecCredential> {
    const { status, apiVersion } = parsed(await this.#run(), this.#config);
    const { command, apiVersion: wanted } = this.#config;
    if (apiVersion !== undefined && apiVersion !== wanted) {
      throw new Error(`the program ${command} answered in ${shortened(apiVersion)} instead of ${wanted}`);
    }
    const credential = {
      token: status.token,
      certificate: status.clientCertificateData,
      key: status.clientKeyData,
    };
    if (credential.token === "" && credential.certificate === "") {
      throw new Error(`the program ${command} provided neither a token nor a certificate`);
    }
    this.#kept = { credential, expires: status.expirationTimestamp ?? Infinity };
    return credential;
  }

  async #run(): Promise<string> {
    const { apiVersion, command, args, env, cluster, installHint } = this.#config;
    const spec = { interactive: false, ...(cluster === undefined ? {} : { cluster }) };
    const signal = AbortSignal.timeout(answerMilliseconds);
    try {
      const { code, stdout, stderr } = await new Deno.Command(command, {
        args: [...args],
        env: {
          ...Object.fromEntries(env.map(({ name, value }) => [name, value])),
          KUBERNETES_EXEC_INFO: JSON.stringify({ kind: "ExecCredential", apiVersion, spec }),
        },
        stdin: "null",
        signal,
      }).output();
      const decoder = new TextDecoder();
      if (signal.aborted) {
        throw new Error(`the program ${command} did not answer in ${answerMilliseconds / 1000} s`);
      }
      if (code === 0) return decoder.decode(stdout);
      throw new Error(
        `the program ${command} failed with ${code}: ${shortened(decoder.decode(stderr).trim(), 160)}`,
      );
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.PermissionDenied)) {
        throw cause;
      }
      const hint = installHint === "" ? "" : ` (${shortened(installHint.trim(), 160)})`;
      throw new Error(`cannot run the program ${command}: ${cause.message}${hint}`, { cause });
    }
  }
}

/** What a program printed is a secret where it is right: a text that is not understood is not shown. */
function parsed(output: string, { command }: ExecConfig): v.InferOutput<typeof credentialSchema> {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch (cause) {
    throw new Error(`the program ${command} did not print JSON`, { cause });
  }
  const { success, output: credential, issues } = v.safeParse(credentialSchema, value);
  if (success) return credential;
  const [issue] = issues;
  throw new Error(
    `the program ${command} did not print an ExecCredential: see ${v.getDotPath(issue) ?? "its root"}`,
  );
}
