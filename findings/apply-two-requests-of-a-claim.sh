#!/bin/sh
# A container that uses two requests of one claim can be created, and not by server-side apply.
#
# k8s.io/kubernetes 1.37.2, validation of the API server, and k8s.io/client-go 0.37.2, the schema that server-side apply goes
# by. A container has resources.claims: [{ name: memory, request: a }, { name: memory, request: b }].
#
# Expected: both take it. The validation looks at name and request together, and refuses the same pair twice alone.
# Seen: validation takes it; for apply the list is a map by the name (listMapKey=name of ResourceRequirements): "duplicate
# entries for key [name="memory"]". An API server of 1.36.3 creates such a pod for `kubectl create` and `kubectl apply`, and
# answers so to `kubectl apply --server-side`, which Helm 4 and other tools do by default. One entry without a request,
# for the whole claim, is taken by all.
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

	v1 "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/core/validation"
)

func look(requests ...string) {
	created, applied := &core.ResourceRequirements{}, v1.ResourceRequirements{}
	for _, request := range requests {
		created.Claims = append(created.Claims, core.ResourceClaim{Name: "memory", Request: request})
		applied.Claims = append(applied.Claims, v1.ResourceClaim{Name: "memory", Request: request})
	}
	errors := validation.ValidateContainerResourceRequirements(created, sets.New("memory"), field.NewPath("resources"),
		validation.PodValidationOptions{})
	pod := &v1.Pod{
		TypeMeta: meta.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		Spec:     v1.PodSpec{Containers: []v1.Container{{Name: "main", Resources: applied}}},
	}
	_, err := applyconfigurations.NewTypeConverter(scheme.Scheme).ObjectToTyped(pod)
	fmt.Println(errors.ToAggregate() == nil, err)
}

func main() {
	look("")
	look("a", "b")
	look("a", "a")
}
GO

# The parts of Kubernetes are modules that its own go.mod replaces.
printf 'module example.com/finding\n\ngo 1.26.0\n' >go.mod
parts=$(GOFLAGS=-mod=mod go mod download -json k8s.io/kubernetes@v1.37.2 |
	sed -n 's/.*"GoMod": "\(.*\)".*/\1/p' | xargs sed -n 's|^\t\(k8s.io/[^ ]*\) => ./staging.*|\1|p')
for part in $parts; do go mod edit -replace "$part=$part@v0.37.2"; done
GOFLAGS=-mod=mod go get k8s.io/kubernetes@v1.37.2 >/dev/null 2>&1
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
duplicate='.spec.containers[name="main"].resources.claims: duplicate entries for key [name="memory"]'
[ "$seen" = "true <nil>
true $duplicate
false $duplicate" ]
