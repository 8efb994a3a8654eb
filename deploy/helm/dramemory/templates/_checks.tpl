{{/* What the schema cannot tell, in words: each check ends the installation with what to write instead. */}}
{{- define "dramemory.checks" -}}
{{- include "dramemory.checkExtraArgs" . }}
{{- include "dramemory.checkLabels" . }}
{{- include "dramemory.checkPageSizes" . }}
{{- include "dramemory.checkScrapers" . }}
{{- include "dramemory.checkSecondRelease" . }}
{{- end }}

{{/* What is made to be scraped and cannot be reached would look as if every driver was down. */}}
{{- define "dramemory.checkScrapers" -}}
{{- $policy := include "dramemory.isOn" .Values.networkPolicy }}
{{- if and $policy (include "dramemory.isOn" .Values.podMonitor) (not .Values.networkPolicy.scrapers) }}
{{- fail "podMonitor is on, and the NetworkPolicy lets nobody scrape: set networkPolicy.scrapers to where Prometheus runs, as in [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}], or networkPolicy.create to false" }}
{{- end }}
{{- end }}

{{/* A flag that is given twice counts as the parser likes: what has a value is set by it. */}}
{{- define "dramemory.checkExtraArgs" -}}
{{- $values := dict
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
  "--fail-closed" "driver.failClosed" }}
{{- range .Values.driver.extraArgs }}
{{- $flag := regexFind "^(-v|--[a-z-]+)" . }}
{{- with get $values $flag }}
{{- fail (printf "driver.extraArgs has %s, which the chart gives to the driver itself: set %s" $flag .) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Labels that select the driver's pods are the chart's. */}}
{{- define "dramemory.checkLabels" -}}
{{- range $from, $labels := dict "commonLabels" .Values.commonLabels "podLabels" .Values.podLabels }}
{{- range $key, $_ := $labels }}
{{- if has $key (list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/version") }}
{{- fail (printf "%s has %s, by which the chart finds its own pods: take another key, or set nameOverride" $from $key) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "dramemory.checkPageSizes" -}}
{{- $seen := dict }}
{{- range .Values.deviceClasses.pageSizes }}
{{- $size := include "dramemory.pageSize" . }}
{{- with get $seen $size }}
{{- fail (printf "deviceClasses.pageSizes names one size twice: %s" .) }}
{{- end }}
{{- $_ := set $seen $size . }}
{{- end }}
{{- end }}

{{/* Two releases would speak for one driver on each node. Nothing is looked up where there is no cluster. */}}
{{- define "dramemory.checkSecondRelease" -}}
{{- range (lookup "apps/v1" "DaemonSet" "" "").items }}
{{- $labels := default dict .metadata.labels }}
{{- $container := (index .spec.template.spec.containers 0).name }}
{{- if and (eq $container "dramemory") (eq (get $labels "app.kubernetes.io/managed-by") "Helm") }}
{{- $release := get $labels "app.kubernetes.io/instance" }}
{{- if not (and (eq $release $.Release.Name) (eq .metadata.namespace $.Release.Namespace)) }}
{{- fail (printf "the cluster has this driver already, as release %s in namespace %s: upgrade that one, or uninstall it first (helm uninstall %s -n %s)" $release .metadata.namespace $release .metadata.namespace) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
