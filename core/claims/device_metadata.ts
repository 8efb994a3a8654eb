import type { DeviceAttribute } from "../devices/resource_slice.ts";
import { driverName } from "../values/driver.ts";
import type { ClaimReference } from "./claim.ts";
import type { DeviceMetadata } from "./injection.ts";

/** What is told of a request. */
export interface DescribedRequest {
  readonly claim: ClaimReference;
  /** The pod's own name for the claim, where it was made from a template. */
  readonly podClaimName: string | undefined;
  /** As the allocation names it, `<request>` or `<request>/<subrequest>`. */
  readonly name: string;
  readonly devices: readonly {
    readonly pool: string;
    readonly device: string;
    readonly attributes: Readonly<Record<string, DeviceAttribute>>;
  }[];
}

const versions = ["v1beta1", "v1alpha1"] as const;

/** Where containers look (`k8s.io/dynamic-resource-allocation/api/metadata`). */
const directory = "/var/run/kubernetes.io/dra-device-attributes";

/**
 * The file of a request, at the path and in the form of the kubelet's library for drivers
 * (`kubeletplugin/metadata.go` of `k8s.io/dynamic-resource-allocation` 0.37): by the claim's name, or by the pod's own
 * name for it where it was made from a template. A subrequest is named in the file, and not in its path.
 */
export function deviceMetadata({ claim, podClaimName, name, devices }: DescribedRequest): DeviceMetadata {
  const [request = ""] = name.split("/", 1);
  const place = podClaimName === undefined
    ? `resourceclaims/${claim.name}`
    : `resourceclaimtemplates/${podClaimName}`;
  const content = {
    metadata: { name: claim.name, namespace: claim.namespace, uid: claim.uid, generation: 1 },
    ...(podClaimName === undefined ? {} : { podClaimName }),
    requests: [{
      name,
      devices: devices.map(({ pool, device, attributes }) => (
        { driver: driverName, pool, name: device, attributes }
      )),
    }],
  };
  const texts = versions.map((version) => {
    const apiVersion = `metadata.resource.k8s.io/${version}`;
    return `${JSON.stringify({ kind: "DeviceMetadata", apiVersion, ...content }, undefined, 2)}\n`;
  });
  return {
    containerPath: `${directory}/${place}/${request}/${driverName}-metadata.json`,
    text: texts.join(""),
  };
}
