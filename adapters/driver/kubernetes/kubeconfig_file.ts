import * as v from "valibot";
import { parse } from "yaml";
import { fieldMistake } from "../../shared/schemas/field_mistake.ts";
import { firstLineOf } from "../../../core/values/message_of.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

const text = v.nullish(v.string(), "");
const flag = v.nullish(v.boolean(), false);
const list = <T extends v.GenericSchema>(item: T) => v.nullish(v.array(item), []);

const clusterSchema = v.object({
  server: text,
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": flag,
  "tls-server-name": text,
  "proxy-url": text,
});

const execSchema = v.object({
  apiVersion: text,
  command: text,
  args: list(v.string()),
  env: list(v.object({ name: v.string(), value: text })),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
});

const userSchema = v.object({
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  token: text,
  tokenFile: text,
  exec: v.nullish(execSchema),
  "auth-provider": v.nullish(v.unknown()),
  username: text,
  as: text,
});

const kubeconfigSchema = v.object({
  kind: v.nullish(v.literal("Config")),
  "current-context": text,
  clusters: list(v.object({ name: v.string(), cluster: clusterSchema })),
  users: list(v.object({ name: v.string(), user: v.nullish(userSchema) })),
  contexts: list(
    v.object({ name: v.string(), context: v.object({ cluster: text, user: text, namespace: text }) }),
  ),
});

/** What a kubeconfig says of a cluster. */
export type ClusterEntry = v.InferOutput<typeof clusterSchema>;

/** What it says of a user. */
export type UserEntry = v.InferOutput<typeof userSchema>;

/** What it says of a program that provides a user's credentials. */
export type ExecEntry = v.InferOutput<typeof execSchema>;

/** A kubeconfig file that was understood. */
export interface KubeconfigFile {
  readonly path: string;
  readonly content: v.InferOutput<typeof kubeconfigSchema>;
}

/** Understands a kubeconfig file (k8s.io/client-go, tools/clientcmd/api/v1); an empty one has nothing in it. Throws {@link OperatorError}. */
export function understood(path: string, text: string): KubeconfigFile {
  try {
    return { path, content: v.parse(kubeconfigSchema, parse(text) ?? {}) };
  } catch (cause) {
    const why = cause instanceof v.ValiError ? fieldMistake(cause.issues[0]) : firstLineOf(cause);
    throw new OperatorError(`Cannot understand the kubeconfig ${path}: ${why}`, { cause });
  }
}
