/** The plugin that asks NRI plugins, by its name since version 2 of the configuration. */
export const nriPlugin = "io.containerd.nri.v1.nri";

/** The plugin that runs containers for the kubelet, as it is called since version 3. */
export const criPlugin = "io.containerd.cri.v1.runtime";

/** The same in version 2. */
export const oldCriPlugin = "io.containerd.grpc.v1.cri";

/** The names of both in version 1. */
export const shortNames = { nri: "nri", cri: "cri" } as const;

/** The versions of containerd's configuration that are known, newest last. */
export const configVersions = [1, 2, 3, 4] as const;

/** One of {@link configVersions}. */
export type ConfigVersion = typeof configVersions[number];
