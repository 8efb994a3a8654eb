/** An entry of `config` in a DeviceClass or in a claim's spec. */
export interface DeviceConfig {
  readonly requests?: readonly string[];
  readonly opaque?: { readonly driver: string; readonly parameters: unknown };
}

/** An entry of `status.allocation.devices.config`, which is all that a driver is to look at. */
export interface AllocatedConfig extends DeviceConfig {
  readonly source: "FromClass" | "FromClaim";
}

/** A class that some of a claim's requests name, and its configuration. */
export interface ConfiguredClass {
  readonly name: string;
  readonly config: readonly DeviceConfig[];
}

/**
 * What a claim is configured with: each class's entries once, for the requests that name it, then the claim's own, as
 * `Allocate` of k8s.io/dynamic-resource-allocation/structured puts them. `requests` are the claim's, with their classes.
 */
export function allocatedConfig(
  requests: readonly { readonly name: string; readonly deviceClass: ConfiguredClass }[],
  ofClaim: readonly DeviceConfig[],
): AllocatedConfig[] {
  const byClass = Map.groupBy(requests, ({ deviceClass }) => deviceClass.name);
  return [
    ...[...byClass.values()].flatMap((same) =>
      (same[0]?.deviceClass.config ?? []).map((entry) => ({
        ...entry,
        source: "FromClass" as const,
        requests: same.map(({ name }) => name),
      }))
    ),
    ...ofClaim.map((entry) => ({ ...entry, source: "FromClaim" as const })),
  ];
}
