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
{{ include "dramemory.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
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
{{- if eq .Values.setupRuntime.runtime "crio" }}/etc/crio{{ else }}/etc/containerd{{ end }}
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
