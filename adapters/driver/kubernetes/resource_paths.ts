/** Where the API server has what the driver asks for: `/api/v1` and `/apis/resource.k8s.io/v1`. */

/** The collection of all ResourceSlices. */
export const slicesPath = "/apis/resource.k8s.io/v1/resourceslices";

/** One ResourceSlice. */
export function slicePath(name: string): string {
  return `${slicesPath}/${encodeURIComponent(name)}`;
}

/** One ResourceClaim. */
export function claimPath(namespace: string, name: string): string {
  return `/apis/resource.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/resourceclaims/${
    encodeURIComponent(name)
  }`;
}

/** One Pod. */
export function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}

/** One Node. */
export function nodePath(name: string): string {
  return `/api/v1/nodes/${encodeURIComponent(name)}`;
}
