/** A Node, as far as it decides which pods it takes. */
export interface ClusterNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unschedulable: boolean;
  readonly ready: boolean;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
}
