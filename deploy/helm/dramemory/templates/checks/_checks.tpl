{{/* What the schema cannot tell, in words: each check ends the installation with what to write instead. */}}
{{- define "dramemory.checks" -}}
{{- include "dramemory.checkExtraArgs" . }}
{{- include "dramemory.checkLabels" . }}
{{- include "dramemory.checkPageSizes" . }}
{{- include "dramemory.checkPod" . }}
{{- include "dramemory.checkProvisionedPages" . }}
{{- include "dramemory.checkReservedMemory" . }}
{{- include "dramemory.checkRollingUpdate" . }}
{{- include "dramemory.checkScrapers" . }}
{{- include "dramemory.checkSecondRelease" . }}
{{- include "dramemory.checkSetupRuntime" . }}
{{- end }}

{{/* The directory of containerd's file is mounted, and that of CRI-O itself. */}}
{{- define "dramemory.checkSetupRuntime" -}}
{{- with .Values.setupRuntime }}
{{- if and (eq .runtime "containerd") .configuration (not (ext .configuration)) }}
{{- fail (printf "setupRuntime.configuration has %s: containerd's main file is wanted, as /etc/containerd/config.toml" .configuration) }}
{{- end }}
{{- if and (eq .runtime "crio") (hasSuffix ".conf" .configuration) }}
{{- fail (printf "setupRuntime.configuration has %s: CRI-O's directory is wanted, as /etc/crio" .configuration) }}
{{- end }}
{{- end }}
{{- end }}

{{/* What is made to be scraped and cannot be reached would look as if every driver was down. */}}
{{- define "dramemory.checkScrapers" -}}
{{- $policy := include "dramemory.isOn" .Values.networkPolicy }}
{{- if and $policy (include "dramemory.isOn" .Values.podMonitor) (not .Values.networkPolicy.scrapers) }}
{{- fail "podMonitor is on, and the NetworkPolicy lets nobody scrape: set networkPolicy.scrapers to where Prometheus runs, as in [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}], or networkPolicy.create to false" }}
{{- end }}
{{- end }}

{{/* The API refuses a DaemonSet that may do neither, and one that may do both. */}}
{{- define "dramemory.checkRollingUpdate" -}}
{{- $none := list "0" "0%" }}
{{- with .Values.rollingUpdate }}
{{- if eq (has (toString .maxSurge) $none) (has (toString .maxUnavailable) $none) }}
{{- fail (printf "rollingUpdate has maxSurge: %v and maxUnavailable: %v, and one of both has to be 0, and not both" .maxSurge .maxUnavailable) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Two releases would speak for one driver on each node. Nothing is looked up where there is no cluster. */}}
{{- define "dramemory.checkSecondRelease" -}}
{{- range (lookup "apps/v1" "DaemonSet" "" "").items }}
{{- $labels := default dict .metadata.labels }}
{{- $names := list }}
{{- range .spec.template.spec.containers }}
{{- $names = append $names .name }}
{{- end }}
{{- if and (has "dramemory" $names) (eq (get $labels "app.kubernetes.io/managed-by") "Helm") }}
{{- $release := get $labels "app.kubernetes.io/instance" }}
{{- if not (and (eq $release $.Release.Name) (eq .metadata.namespace $.Release.Namespace)) }}
{{- fail (printf "the cluster has this driver already, as release %s in namespace %s: upgrade that one, or uninstall it first (helm uninstall %s -n %s)" $release .metadata.namespace $release .metadata.namespace) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
