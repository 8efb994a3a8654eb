/** The name under which a runtime calls its plugins. */
export const pluginServiceName = "nri.pkg.api.v1alpha1.Plugin";

/** The name under which a plugin calls its runtime. */
export const runtimeServiceName = "nri.pkg.api.v1alpha1.Runtime";

/** The multiplexer's numbers for the two services of a connection (NRI, pkg/net/multiplex). */
export const pluginServiceConnection = 1, runtimeServiceConnection = 2;
