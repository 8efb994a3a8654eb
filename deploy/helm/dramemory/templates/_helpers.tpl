{{- define "dramemory.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The release's name, and the chart's behind it unless it is in there already. */}}
{{- define "dramemory.fullname" -}}
{{- $name := include "dramemory.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "dramemory.serviceAccountName" -}}
{{- default (include "dramemory.fullname" .) .Values.serviceAccount.name }}
{{- end }}

{{/* Never changes in an update: a DaemonSet's selector is immutable. */}}
{{- define "dramemory.selectorLabels" -}}
app.kubernetes.io/name: {{ include "dramemory.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Helm adds its own to what it installs. */}}
{{- define "dramemory.labels" -}}
{{- include "dramemory.labelsWith" (list . dict) }}
{{- end }}

{{/* Of a list: the chart's, and those that one object has besides and above the common ones. */}}
{{- define "dramemory.labelsWith" -}}
{{- $root := first . -}}
{{ include "dramemory.selectorLabels" $root }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
{{- with merge dict (last .) $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Whether a part of the values is on: `enabled` where it is given, `create` otherwise. */}}
{{- define "dramemory.isOn" -}}
{{- if kindIs "bool" .enabled }}{{ if .enabled }}true{{ end }}{{ else if .create }}true{{ end }}
{{- end }}

{{/* A page size as devices and classes name it: 2m of 2m, 2M, 2Mi and 2MB. */}}
{{- define "dramemory.pageSize" -}}
{{- lower . | trimSuffix "b" | trimSuffix "i" }}
{{- end }}

{{- define "dramemory.image" -}}
{{- with .Values.image }}
{{- if .digest }}
{{- printf "%s@%s" .repository .digest }}
{{- else }}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) }}
{{- end }}
{{- end }}
{{- end }}

{{/* The kubelet and the runtime are met as root, which owns all that is mounted; no capability is needed for that. */}}
{{- define "dramemory.securityContext" -}}
runAsUser: 0
runAsGroup: 0
readOnlyRootFilesystem: true
allowPrivilegeEscalation: false
capabilities: { drop: [ALL] }
{{- with .Values.seLinuxOptions }}
seLinuxOptions: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where the files of the runtime that is set up are. */}}
{{- define "dramemory.runtimeDirectory" -}}
{{- with .Values.setupRuntime }}
{{- if eq .runtime "crio" }}{{ default "/etc/crio" .configuration }}
{{- else }}{{ dir (default "/etc/containerd/config.toml" .configuration) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "dramemory.provisionConfigMap" -}}
{{- default (printf "%s-hugepages" (include "dramemory.fullname" .)) .Values.setupHugepages.existingConfigMap }}
{{- end }}

{{/* The HugePageProvision that the spec makes. */}}
{{- define "dramemory.provision" -}}
kind: HugePageProvision
metadata:
  name: {{ include "dramemory.fullname" . }}
spec:
  {{- toYaml .Values.setupHugepages.spec | nindent 2 }}
{{- end }}

{{/*
Only where there is an image for the processor, besides what the values ask for: terms of a node selector are
alternatives, so that the requirement is added to each.
*/}}
{{- define "dramemory.affinity" -}}
{{- $affinity := deepCopy .Values.affinity }}
{{- $node := default dict $affinity.nodeAffinity }}
{{- $key := "requiredDuringSchedulingIgnoredDuringExecution" }}
{{- $terms := default (list dict) (get (default dict (get $node $key)) "nodeSelectorTerms") }}
{{- $architecture := dict "key" "kubernetes.io/arch" "operator" "In" "values" .Values.architectures }}
{{- $all := list }}
{{- range $terms }}
{{- $expressions := append (default list .matchExpressions) $architecture }}
{{- $all = append $all (merge (dict "matchExpressions" $expressions) (omit . "matchExpressions")) }}
{{- end }}
{{- $_ := set $node $key (dict "nodeSelectorTerms" $all) }}
{{- $_ := set $affinity "nodeAffinity" $node }}
{{- toYaml $affinity }}
{{- end }}

{{/* The class that `helm test` claims from. */}}
{{- define "dramemory.testedClass" -}}
{{- $sizes := .Values.deviceClasses.pageSizes }}
{{- if $sizes }}dra.hugepages-{{ include "dramemory.pageSize" (first $sizes) }}{{ else }}dra.memory{{ end }}
{{- end }}
