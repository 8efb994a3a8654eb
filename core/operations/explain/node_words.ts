/**
 * What helps when the kubelet, the runtime or kube-controller-manager says something, by how they put it: Kubernetes 1.36
 * and 1.37, containerd 2.4, and this driver's own refusals, which the kubelet passes on.
 */
const remedies: readonly (readonly [words: RegExp, remedy: string])[] = [
  [
    /DRA driver dra\.memory is not registered/,
    "The kubelet does not know the driver: look at the driver's pod on that node. The kubelet tries again by itself, " +
    "within two minutes.",
  ],
  [
    /required plugin "dramemory" not present/,
    "The runtime starts nothing without the driver, which is not connected to it: look at the driver's pod on that node.",
  ],
  [
    /unresolvable CDI devices dra\.memory\//,
    "The driver's file of the claim, in /var/run/cdi of the node, is gone or damaged, or the runtime does not look " +
    "there (dramemory validate): delete the pod, so that its claim is prepared anew.",
  ],
  [
    /exceeded quota: /,
    "A ResourceQuota of the namespace allows no more (kubectl describe quota): have it raised, or delete claims.",
  ],
  [
    /ValidatingAdmissionPolicy '.*' denied request|admission webhook ".*" denied the request/,
    "A rule of this cluster refuses the claim: mend the template as it says, or ask whoever made the rule.",
  ],
  [
    /admin access to devices requires the `resource\.kubernetes\.io\/admin-access: true` label/,
    "Leave out adminAccess, or have an administrator label the namespace.",
  ],
  [
    /hugepages of \S+ on NUMA node \d+, where .* are free/,
    "Something outside of Kubernetes holds pages (grep -l huge /proc/*/numa_maps on the node): end it, or give the node " +
    "more (dramemory setup-hugepages).",
  ],
];

/** What helps where the kubelet or the runtime says that; undefined where there is nothing to add. */
export function remedyForWords(words: string): string | undefined {
  return remedies.find(([pattern]) => pattern.test(words))?.[1];
}

/** What somebody else says, as a sentence that others can follow. */
export function asSentence(words: string): string {
  return words.replace(/[.\s]*$/, ".");
}
