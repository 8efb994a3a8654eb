import * as v from "valibot";
import type { PodReference } from "../../../core/claims/claim.ts";
import type { ResizeSource } from "../../../core/ports/resize_source.ts";
import { MalformedAnswerError } from "./api_error.ts";
import type { KubernetesConnection } from "./connection.ts";
import { ObjectReader, type ObjectReaderOptions } from "./object_reader.ts";
import { podPath } from "./resource_paths.ts";

const pod = v.object({
  metadata: v.object({ uid: v.string() }),
  status: v.optional(
    v.object({
      conditions: v.optional(
        v.array(
          v.object({ type: v.string(), reason: v.optional(v.string()), message: v.optional(v.string(), "") }),
        ),
        [],
      ),
    }),
    {},
  ),
});

/** Reads the condition of Pods by which the kubelet tells of a resize that it began and cannot end (KEP-1287). */
export class ApiResizeSource implements ResizeSource {
  readonly #reader: ObjectReader;

  constructor(connection: KubernetesConnection, options: ObjectReaderOptions = {}) {
    this.#reader = new ObjectReader(connection, options);
  }

  /** Throws {@link MalformedAnswerError} besides. */
  async failure({ namespace, name, uid }: PodReference): Promise<string | undefined> {
    const object = await this.#reader.read(`pod ${namespace}/${name}`, podPath(namespace, name));
    if (object === undefined) return undefined;
    const { success, output, issues } = v.safeParse(pod, object);
    if (!success) throw new MalformedAnswerError(`Cannot read a Pod: ${v.summarize(issues)}`);
    if (output.metadata.uid !== uid) return undefined;
    return output.status.conditions.find(({ type, reason }) =>
      type === "PodResizeInProgress" && reason === "Error"
    )?.message;
  }
}
