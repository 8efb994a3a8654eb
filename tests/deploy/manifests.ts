import * as v from "valibot";
import { parseAllDocuments } from "yaml";

/** A Kubernetes object, as far as every kind has it. */
const kubernetesObject = v.looseObject({
  apiVersion: v.string(),
  kind: v.string(),
  metadata: v.looseObject({
    name: v.string(),
    namespace: v.exactOptional(v.string()),
    labels: v.exactOptional(v.record(v.string(), v.string())),
  }),
});
export type KubernetesObject = v.InferOutput<typeof kubernetesObject>;

/** Reads the objects of a YAML text. Throws for YAML that is none, with the line. */
export function readObjects(text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => {
    const [mistake] = [...document.errors, ...document.warnings];
    if (mistake !== undefined) throw mistake;
    return v.parse(kubernetesObject, document.toJS());
  });
}

/** The texts of the YAML files of a directory, by name. */
export async function yamlFiles(directory: URL): Promise<Map<string, string>> {
  const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name)
    .filter((name) => name.endsWith(".yaml")).sort();
  const texts = names.map(async (name) => [name, await Deno.readTextFile(new URL(name, directory))] as const);
  return new Map(await Promise.all(texts));
}

/** The objects of the YAML files of a directory. */
export async function objectsIn(directory: URL): Promise<KubernetesObject[]> {
  return [...(await yamlFiles(directory)).values()].flatMap(readObjects);
}

/** What of a DaemonSet the tests look at. */
export const daemonSet = v.object({
  spec: v.object({
    updateStrategy: v.looseObject({ rollingUpdate: v.looseObject({}) }),
    template: v.object({
      metadata: v.object({
        annotations: v.record(v.string(), v.string()),
        labels: v.record(v.string(), v.string()),
      }),
      spec: v.looseObject({
        serviceAccountName: v.string(),
        securityContext: v.looseObject({}),
        initContainers: v.optional(v.array(v.lazy(() => container)), []),
        containers: v.array(v.lazy(() => container)),
        volumes: v.array(
          v.looseObject({ name: v.string(), hostPath: v.exactOptional(v.looseObject({ path: v.string() })) }),
        ),
      }),
    }),
  }),
});

const container = v.looseObject({
  name: v.string(),
  image: v.string(),
  args: v.array(v.string()),
  securityContext: v.looseObject({}),
  resources: v.looseObject({}),
  volumeMounts: v.array(v.looseObject({ name: v.string(), mountPath: v.string() })),
});
export type Container = v.InferOutput<typeof container>;
