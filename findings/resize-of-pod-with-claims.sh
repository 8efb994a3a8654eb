#!/bin/sh
# The API server refuses to resize a pod in place when a container has a resource claim, before Kubernetes 1.37.
#
# k8s.io/kubernetes 1.36.3, ValidatePodResize, which the subresource pods/resize is checked by. A pod has one container
# with a request of CPU and a claim in resources.claims; the new pod has another amount of CPU, and the same claim.
#
# Expected: CPU may change, as it may without the claim. 1.37.2 allows it.
# Seen: "spec: Forbidden: only cpu and memory resources are mutable". The claims are lost from the copy that is compared
# with the old pod (dropCPUMemoryResourcesFromContainer).
#
# Needs Go 1.26 and the module proxy; compiles for some minutes. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
)

func pod(cpu string, claims ...core.ResourceClaim) *core.Pod {
	return &core.Pod{Spec: core.PodSpec{
		ResourceClaims: []core.PodResourceClaim{{Name: "pages"}},
		Containers: []core.Container{{Name: "main", Resources: core.ResourceRequirements{
			Requests: core.ResourceList{core.ResourceCPU: resource.MustParse(cpu)},
			Claims:   claims,
		}}},
	}}
}

func refused(claims ...core.ResourceClaim) bool {
	// Other errors are of fields that this pod lacks.
	errors := validation.ValidatePodResize(pod("2", claims...), pod("1", claims...), validation.PodValidationOptions{})
	return strings.Contains(errors.ToAggregate().Error(), "only cpu and memory resources are mutable")
}

func main() {
	fmt.Printf("%t %t\n", refused(), refused(core.ResourceClaim{Name: "pages"}))
}
GO

# The parts of Kubernetes are modules that its own go.mod replaces.
outcome() {
	printf 'module example.com/finding\n\ngo 1.26.0\n' >go.mod
	rm -f go.sum
	parts=$(GOFLAGS=-mod=mod go mod download -json "k8s.io/kubernetes@v1.$1" |
		sed -n 's/.*"GoMod": "\(.*\)".*/\1/p' | xargs sed -n 's|^\t\(k8s.io/[^ ]*\) => ./staging.*|\1|p')
	for part in $parts; do go mod edit -replace "$part=$part@v0.$1"; done
	GOFLAGS=-mod=mod go get "k8s.io/kubernetes@v1.$1" >/dev/null 2>&1
	GOFLAGS=-mod=mod go run .
}

before=$(outcome 36.3)
after=$(outcome 37.2)
echo "refused without and with a claim: 1.36.3 $before; 1.37.2 $after"
[ "$before $after" = "false true false false" ]
