{{/* What the driver's pod has twice, or has of what there is none, and what would change what the chart relies on. */}}
{{- define "dramemory.checkPod" -}}
{{- $os := get .Values.nodeSelector "kubernetes.io/os" }}
{{- if and $os (ne $os "linux") }}
{{- fail (printf "nodeSelector has kubernetes.io/os: %s, and the driver is for linux" $os) }}
{{- end }}
{{- $variables := dict }}
{{- range .Values.extraEnv }}
{{- if has .name (list "NODE_NAME" "POD_UID") }}
{{- fail (printf "extraEnv has %s, which the chart sets itself" .name) }}
{{- end }}
{{- if hasKey $variables .name }}
{{- fail (printf "extraEnv has %s twice" .name) }}
{{- end }}
{{- $_ := set $variables .name true }}
{{- end }}
{{- $own := list "plugin" "registration" "cdi" "nri" "cgroup" "run" "smbios-table" "kubelet-config" "runtime" "hugepages" "nodes" }}
{{- $volumes := $own }}
{{- range .Values.extraVolumes }}
{{- if has .name $volumes }}
{{- fail (printf "extraVolumes has %s, which is the name of another volume of the pod" .name) }}
{{- end }}
{{- $volumes = append $volumes .name }}
{{- end }}
{{- $root := .Values.paths.kubeletRoot }}
{{- $paths := list (printf "%s/plugins/dra.memory" $root) (printf "%s/plugins_registry" $root) .Values.paths.cdi (dir .Values.paths.nriSocket) .Values.paths.cgroup "/run/dramemory" }}
{{- range .Values.extraVolumeMounts }}
{{- if not (has .name $volumes) }}
{{- fail (printf "extraVolumeMounts has %s, and there is no such volume in extraVolumes" .name) }}
{{- end }}
{{- if has .mountPath $paths }}
{{- fail (printf "extraVolumeMounts has %s: there would be two volumes at %s" .name .mountPath) }}
{{- end }}
{{- $paths = append $paths .mountPath }}
{{- end }}
{{- end }}

{{/* Labels that select the driver's pods are the chart's. */}}
{{- define "dramemory.checkLabels" -}}
{{- range $from, $labels := dict
  "commonLabels" .Values.commonLabels
  "podLabels" .Values.podLabels
  "podMonitor.labels" .Values.podMonitor.labels
  "prometheusRule.labels" .Values.prometheusRule.labels
  "grafanaDashboard.labels" .Values.grafanaDashboard.labels }}
{{- range $key, $_ := $labels }}
{{- if has $key (list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/version") }}
{{- fail (printf "%s has %s, by which the chart finds its own pods: take another key, or set nameOverride" $from $key) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
