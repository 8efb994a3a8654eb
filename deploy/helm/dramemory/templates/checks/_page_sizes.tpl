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

{{/* Bytes of a page size as a HugePageProvision has it: 2Mi, 2048kB or 2097152. */}}
{{- define "dramemory.pageSizeBytes" -}}
{{- $units := dict "k" 1024 "m" 1048576 "g" 1073741824 }}
{{- $text := lower (toString (kindIs "float64" . | ternary (int64 .) .)) }}
{{- mul (atoi (regexFind "^[0-9]+" $text)) (default 1 (get $units (regexFind "[kmg]" $text))) }}
{{- end }}

{{/* As `setup-hugepages` refuses it: a size that comes twice is of one NUMA node each time. */}}
{{- define "dramemory.checkProvisionedPages" -}}
{{- $seen := dict }}
{{- range .Values.setupHugepages.spec.pages }}
{{- $size := include "dramemory.pageSizeBytes" .size }}
{{- $nodes := default list (get $seen $size) }}
{{- $node := hasKey . "node" | ternary (toString .node) "every" }}
{{- if and $nodes (or (eq $node "every") (has "every" $nodes) (has $node $nodes)) }}
{{- fail (printf "setupHugepages.spec.pages names %v twice for a NUMA node: put both together, or name another node in each" .size) }}
{{- end }}
{{- $_ := set $seen $size (append $nodes $node) }}
{{- end }}
{{- end }}
