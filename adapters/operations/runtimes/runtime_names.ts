/** The runtimes, as `--runtime` and `setup-runtime` take them. */
export const runtimeNames = ["containerd", "crio"] as const;

/** One of {@link runtimeNames}. */
export type RuntimeName = typeof runtimeNames[number];
