{{/*
Each flag of the driver, and the value that sets it. Those with a value are refused: of a flag that is given twice one
counts, as the parser likes. What has none may be in driver.extraArgs, as a `switch` alone, as a `flag` with `=`, and as a
`number` with one behind it.
*/}}
{{- define "dramemory.flags" -}}
{{- toYaml (dict
  "--hostname-override" "nothing: it is the Node of the pod"
  "--rolling-update" "nothing: it is always on"
  "--bind-address" "monitoringPort"
  "--kubelet-root" "paths.kubeletRoot"
  "--cdi-dir" "paths.cdi"
  "--nri-socket" "paths.nriSocket"
  "--cgroup-mount" "paths.cgroup"
  "--log-format" "driver.logFormat"
  "-v" "driver.logLevel"
  "--resync-period" "driver.resyncPeriod"
  "--orphan-grace" "driver.orphanGrace"
  "--verify-free-hugepages" "driver.verifyFreeHugepages"
  "--report-claims" "driver.reportClaims"
  "--reserved-memory" "driver.reservedMemory"
  "--reserved-memory-strict" "driver.reservedMemoryStrict"
  "--kubelet-config" "driver.reservedMemory to kubelet, which takes paths.kubeletRoot/config.yaml"
  "--fail-closed" "driver.failClosed"
  "--smbios-table" "driver.smbiosTable"
  "--sysfs-root" "flag"
  "--procfs-root" "flag"
  "--kubeconfig" "flag"
  "--run-dir" "flag"
  "--compare-period" "number"
  "--kube-api-qps" "number"
  "--kube-api-burst" "number"
  "--numa-node-list" "switch"
) }}
{{- end }}

{{- define "dramemory.checkExtraArgs" -}}
{{- $flags := fromYaml (include "dramemory.flags" .) }}
{{- range $argument := .Values.driver.extraArgs }}
{{- $flag := regexFind "^(-v|--?[a-z-]+)" . }}
{{- $kind := get $flags $flag }}
{{- if not $kind }}
{{- fail (printf "driver.extraArgs has %s, which the driver does not know: see dramemory daemon --help" $flag) }}
{{- else if eq $kind "flag" }}
{{- if not (hasPrefix (printf "%s=" $flag) $argument) }}
{{- fail (printf "driver.extraArgs has %q: write it as %s=VALUE" $argument $flag) }}
{{- end }}
{{- else if eq $kind "number" }}
{{- if not (regexMatch (printf "^%s=[0-9]+([.][0-9]+)?$" $flag) $argument) }}
{{- fail (printf "driver.extraArgs has %q: write it as %s=NUMBER" $argument $flag) }}
{{- end }}
{{- else if eq $kind "switch" }}
{{- if ne $argument $flag }}
{{- fail (printf "driver.extraArgs has %q: write it as %s" $argument $flag) }}
{{- end }}
{{- else }}
{{- fail (printf "driver.extraArgs has %s, which the chart gives to the driver itself: set %s" $flag $kind) }}
{{- end }}
{{- end }}
{{- end }}
