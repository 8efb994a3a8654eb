{{/* What `--reserved-memory` would refuse, when the driver starts: an amount, a node, or the same thing twice. */}}
{{- define "dramemory.checkReservedMemory" -}}
{{- $text := .Values.driver.reservedMemory }}
{{- if and $text (ne $text "kubelet") }}
{{- $seen := dict }}
{{- range $group := splitList ";" $text }}
{{- $parts := splitList ":" (trim $group) }}
{{- $node := first $parts }}
{{- if or (ne (len $parts) 2) (not (regexMatch "^(\\*|[0-9]{1,4})$" $node)) }}
{{- include "dramemory.refuseReservedMemory" (list $group "write it as 0:memory=1Gi,hugepages-2Mi=64Mi;1:memory=500Mi, as *:memory=5%, or as kubelet") }}
{{- end }}
{{- if and (ne $node "*") (gt (atoi $node) 1023) }}
{{- include "dramemory.refuseReservedMemory" (list $group "no machine has such a NUMA node") }}
{{- end }}
{{- range $entry := splitList "," (last $parts) }}
{{- $sides := splitList "=" (trim $entry) }}
{{- $resource := first $sides }}
{{- if not (regexMatch "^(memory|hugepages-((64|128|256|512)[kK]|(1|2|4|8|16|32|64|128|256|512)[mM]|(1|2|4|8|16)[gG])(i|[bB]|i[bB])?)$" $resource) }}
{{- include "dramemory.refuseReservedMemory" (list $entry "memory or hugepages-SIZE is wanted, as in hugepages-2Mi") }}
{{- end }}
{{- if not (and (eq (len $sides) 2) (regexMatch (include "dramemory.reservedAmount" .) (last $sides))) }}
{{- include "dramemory.refuseReservedMemory" (list $entry "whole bytes are wanted, as 1Gi, 500Mi or 1e9, or a percentage, as 5%") }}
{{- end }}
{{- $key := printf "%s %s" (eq $node "*" | ternary $node (toString (atoi $node))) (include "dramemory.pageSize" $resource) }}
{{- if hasKey $seen $key }}
{{- include "dramemory.refuseReservedMemory" (list $entry "it says something for the same a second time") }}
{{- end }}
{{- $_ := set $seen $key true }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Amounts that are whole bytes below 2^63, or up to 100%. A fraction needs a unit that makes it whole. */}}
{{- define "dramemory.reservedAmount" -}}
^([0-9]{1,18}|[0-9]{1,12}([kM]|[KM]i)|[0-9]{1,6}([GT]i?|[eE]([0-9]|1[0-2]))|[0-9]{1,3}Pi?|[0-9]{1,6}\.[0-9]{1,3}[kMGT]|[0-9]{1,6}\.([05]0?0?|[27]50?|125|375|625|875)[KMGT]i|(100(\.0{1,2})?|[0-9]{1,2}(\.[0-9]{1,2})?)%)$
{{- end }}

{{- define "dramemory.refuseReservedMemory" -}}
{{- fail (printf "driver.reservedMemory has %q: %s" (first .) (last .)) }}
{{- end }}
