import * as v from "valibot";
import { badRequest } from "./status.ts";

/** What makes an object the one that it is; decided once, by the server. */
export interface Identity {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly creationTimestamp: string;
}

/** An object as a client sends it. It has further fields, which the server keeps without looking at them. */
export interface SubmittedObject {
  readonly metadata: Partial<Identity> & {
    readonly generateName?: string;
    readonly resourceVersion?: string;
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** An object as the server holds it. Never changed in place. */
export interface ApiObject extends SubmittedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Identity & { readonly resourceVersion: string };
}

const optionalText = v.exactOptional(v.string());
const submitted = v.looseObject({
  metadata: v.looseObject({
    name: optionalText,
    generateName: optionalText,
    namespace: optionalText,
    uid: optionalText,
    resourceVersion: optionalText,
  }),
});

/** Reads an object that a client sent. Throws `StatusError` 400. */
export function parseObject(json: unknown): SubmittedObject {
  const { success, output, issues } = v.safeParse(submitted, json);
  if (!success) throw badRequest(`the object cannot be read: ${v.summarize(issues)}`);
  return output;
}

/** The value at a dotted path such as `spec.nodeName`; undefined where there is none. */
export function fieldAt(object: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined,
    object,
  );
}
