/** Where the API server has what the driver asks for: `/api/v1` and `/apis/resource.k8s.io/v1`. */

/** The collection of all ResourceSlices. */
export const slicesPath = "/apis/resource.k8s.io/v1/resourceslices";

/**
 * A name as a segment of a path. `.` and `..` would lead elsewhere, also as `%2E`: URLs are resolved so (WHATWG). What
 * they become here is no object's name, which is what the API server then says.
 */
function segment(name: string): string {
  return /^\.{1,2}$/.test(name) ? name.replaceAll(".", "%252E") : encodeURIComponent(name);
}

/** One ResourceSlice. */
export function slicePath(name: string): string {
  return `${slicesPath}/${segment(name)}`;
}

/** One ResourceClaim. */
export function claimPath(namespace: string, name: string): string {
  return `/apis/resource.k8s.io/v1/namespaces/${segment(namespace)}/resourceclaims/${segment(name)}`;
}

/** One Pod. */
export function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${segment(namespace)}/pods/${segment(name)}`;
}

/** One Node. */
export function nodePath(name: string): string {
  return `/api/v1/nodes/${segment(name)}`;
}
