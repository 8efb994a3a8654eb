/**
 * The validator that runtimes with NRI 0.10 or newer have built in. It refuses to create containers while a required
 * plugin is away, except of pods with an annotation that says otherwise.
 */
export const requiredPlugin = "dramemory";

/**
 * The annotation with which pods start without the driver, its own pod before all. Set to `"true"`. The name is the
 * one that NRI's documentation uses, so that several drivers on a node can share it.
 */
export const tolerationAnnotation = "tolerate-missing-nri-plugins.noderesource.dev";
