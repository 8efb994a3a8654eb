import type { Values } from "./helm.ts";

/** Values that turn on everything that the chart has. */
export const allOptions: Values = {
  image: { repository: "registry.example.com/dramemory", digest: `sha256:${"0".repeat(64)}` },
  imagePullSecrets: [{ name: "registry" }],
  serviceAccount: { annotations: { "example.com/owner": "platform" } },
  commonLabels: { "example.com/team": "platform" },
  ordinaryHugepagesPolicy: { create: true, exceptNamespaces: ["databases"] },
  claimLimitsPolicy: { create: true, limits: { "dra.memory": "64Gi", "dra.hugepages-1g": "4Gi" } },
  memoryConfigPolicy: { create: true },
  deviceClasses: { pageSizes: ["64Ki", "2m", "32M", "512MB", "1Gi", "16g"] },
  driver: {
    logFormat: "json",
    logLevel: 4,
    reservedMemory: "0:memory=1Gi,hugepages-2Mi=64Mi;1:memory=500Mi",
    failClosed: true,
    smbiosTable: true,
    extraArgs: ["--kube-api-qps=20"],
  },
  extraEnv: [{ name: "SSL_CERT_DIR", value: "/etc/ssl/extra" }],
  extraVolumes: [{ name: "certificates", configMap: { name: "certificates" } }],
  extraVolumeMounts: [{ name: "certificates", mountPath: "/etc/ssl/extra", readOnly: true }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: "example.com/pool", operator: "Exists" }] }],
      },
    },
  },
  nodeSelector: { "example.com/pool": "packets" },
  podAnnotations: { "example.com/a": "b" },
  podLabels: { "example.com/c": "d" },
  setupRuntime: {
    enabled: true,
    requirePlugin: true,
    configuration: "/var/lib/rancher/k3s/agent/etc/containerd/config.toml",
    runtimeVersion: "2.2",
    restart: { enabled: true, image: "registry.example.com/dramemory-debian:0.1.0", service: "k3s" },
  },
  setupHugepages: {
    enabled: true,
    rollback: true,
    spec: {
      pages: [{ size: "1G", count: 8, node: 0 }, { size: "2M", count: 4096 }],
      defaultHugepagesSize: "1G",
    },
  },
  networkPolicy: {
    create: true,
    scrapers: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
  },
  podMonitor: { create: true, labels: { release: "prometheus" } },
  prometheusRule: { create: true, labels: { release: "prometheus" } },
  grafanaDashboard: { create: true },
};
