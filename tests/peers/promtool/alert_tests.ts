/** A test of one alert as `promtool test rules` reads it. */
type AlertTest = (alert: string) => unknown;

/** What an alert is raised by, and by which labels it tells. */
interface AlertStory {
  /** Series and their values, minute by minute, as promtool writes them: `0+1x10` counts up, `_x5` is not there. */
  readonly series: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Minutes after which it has to be there, and after which not any more. */
  readonly fires: number;
  readonly over: number;
}

/** That an alert is silent at first, fires for one node with its labels, and is over afterwards. */
function story({ series, labels, fires, over }: AlertStory): AlertTest {
  const silent = (minutes: number, alertname: string) => ({
    eval_time: `${minutes}m`,
    alertname,
    exp_alerts: [],
  });
  return (alertname) => ({
    interval: "1m",
    input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
    // Of an alert that fires its labels are looked at: what its annotations say is text.
    promql_expr_test: [{
      expr: `count by (${["alertname", ...Object.keys(labels)].join(", ")}) (ALERTS{alertstate="firing"})`,
      eval_time: `${fires}m`,
      exp_samples: [{ labels: formatted({ alertname, ...labels }), value: 1 }],
    }],
    alert_rule_test: [silent(1, alertname), silent(over, alertname)],
  });
}

function formatted(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels).map(([name, value]) => `${name}="${value}"`).join(", ")}}`;
}

/** A counter that stands still, grows every minute for a while, and stands still again. */
const growing = "0x5 1+1x30 31x120";
const node = "node-a";

const counted = (series: string, labels: Readonly<Record<string, string>>, over: number): AlertTest =>
  story({ series: { [series]: growing }, labels, fires: 30, over });

/** What else is to be true of alerts, by what it is. */
export const furtherTests: readonly (readonly [what: string, alert: string, test: AlertTest])[] = [
  [
    "a node that left the cluster raises no alert, and others do",
    "DramemoryDown",
    story({
      series: {
        'dramemory_build_info{node="node-a"}': "1x9 _x20 1x60",
        'dramemory_build_info{node="node-gone"}': "1x9",
        'kube_node_info{node="node-a"}': "1x90",
        'kube_node_info{node="node-gone"}': "1x9",
      },
      labels: { node },
      fires: 20,
      over: 40,
    }),
  ],
  [
    "a kube-state-metrics that goes away hides no driver that does",
    "DramemoryDown",
    story({
      series: {
        'dramemory_build_info{node="node-a"}': "1x9 _x20 1x60",
        'kube_node_info{node="node-a"}': "1x9 _x20 1x60",
      },
      labels: { node },
      fires: 20,
      over: 40,
    }),
  ],
];

/** The story of each alert, by its name. */
export const alertTests: Readonly<Record<string, AlertTest>> = {
  DramemoryDown: story({
    series: {
      'dramemory_build_info{node="node-a"}': "1x9 _x20 1x60",
      'dramemory_build_info{node="node-b"}': "1x90",
    },
    labels: { node },
    fires: 20,
    over: 40,
  }),
  DramemoryPodMissing: story({
    series: {
      'kube_daemonset_status_desired_number_scheduled{namespace="kube-system",daemonset="dramemory"}': "3x90",
      'kube_daemonset_status_number_ready{namespace="kube-system",daemonset="dramemory"}': "3x4 2x40 3x60",
      'kube_daemonset_status_desired_number_scheduled{namespace="kube-system",daemonset="other"}': "3x90",
      'kube_daemonset_status_number_ready{namespace="kube-system",daemonset="other"}': "0x90",
    },
    labels: { namespace: "kube-system", daemonset: "dramemory" },
    fires: 30,
    over: 60,
  }),
  DramemoryNotReady: story({
    series: {
      'dramemory_ready{node="node-a",part="kubelet"}': "1x90",
      'dramemory_ready{node="node-a",part="runtime"}': "1x4 0x30 1x60",
    },
    labels: { node, part: "runtime" },
    fires: 20,
    over: 40,
  }),
  DramemorySlicesNotPublished: counted('dramemory_publish_failures_total{node="node-a"}', { node }, 60),
  DramemoryContainersDiffer: story({
    series: {
      'dramemory_containers_differ{node="node-a",reason="pod-limit"}': "0x4 2x30 0x60",
      'dramemory_containers_differ{node="node-a",reason="numa-nodes"}': "0x90",
    },
    labels: { node, reason: "pod-limit" },
    fires: 20,
    over: 40,
  }),
  DramemoryFailClosedUnsupported: story({
    // A driver that was started again with a runtime that heeds it.
    series: { 'dramemory_fail_closed_unsupported_total{node="node-a"}': "0x4 1x30 0x60" },
    labels: { node },
    fires: 20,
    over: 40,
  }),
  DramemoryPodLimitsWrong: counted('dramemory_pod_limit_failures_total{node="node-a"}', { node }, 60),
  DramemoryRefusesContainers: counted(
    'dramemory_refused_containers_total{node="node-a",reason="other-pod"}',
    { node, reason: "other-pod" },
    60,
  ),
  DramemoryRefusesClaims: counted(
    'dramemory_refused_claims_total{node="node-a",reason="claim-gone"}',
    { node, reason: "claim-gone" },
    60,
  ),
  DramemoryCheckpointDamaged: counted('dramemory_damaged_checkpoints_total{node="node-a"}', { node }, 120),
  DramemoryTopologyUnreadable: counted('dramemory_unreadable_topology_total{node="node-a"}', { node }, 60),
  DramemoryRuntimeUnsteady: counted('dramemory_nri_reconnects_total{node="node-a"}', { node }, 90),
  DramemoryRuntimeWaits: story({
    series: {
      'dramemory_nri_request_duration_seconds_bucket{node="node-a",le="1"}': "0x120",
      'dramemory_nri_request_duration_seconds_bucket{node="node-a",le="2"}': growing,
      'dramemory_nri_request_duration_seconds_bucket{node="node-a",le="+Inf"}': growing,
    },
    labels: { node },
    fires: 30,
    over: 60,
  }),
  DramemoryApiErrors: counted(
    'dramemory_api_errors_total{node="node-a",operation="get_claim",problem="unavailable"}',
    { node, operation: "get_claim" },
    60,
  ),
};
