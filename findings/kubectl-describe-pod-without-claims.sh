#!/bin/sh
# `kubectl describe pod` says nothing of a pod's ResourceClaims.
#
# k8s.io/kubectl 0.37.2, pkg/describe, which `kubectl describe` prints by. A pod has a claim `memory` of the template
# `pages`, which was made as web-memory-x7k2p, a container that uses it, and a volume of the PersistentVolumeClaim `disk`.
#
# Expected: the pod's claims, and which container uses which, beside its volumes, with the name of the one that was made of
# the template, which stands nowhere but in the pod's status.
# Seen: `disk` alone. Neither spec.resourceClaims nor resources.claims of the container nor status.resourceClaimStatuses is
# printed, so that a pod that waits for a claim looks like one that has none. `kubectl describe resourceclaim` prints the
# claim itself as it prints what it does not know, field by field.
#
# Needs Go 1.26 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubectl/pkg/describe"
)

func main() {
	template, made := "pages", "web-memory-x7k2p"
	pod := &core.Pod{
		ObjectMeta: meta.ObjectMeta{Name: "web", Namespace: "default"},
		Spec: core.PodSpec{
			ResourceClaims: []core.PodResourceClaim{{Name: "memory", ResourceClaimTemplateName: &template}},
			Containers: []core.Container{{
				Name:      "server",
				Resources: core.ResourceRequirements{Claims: []core.ResourceClaim{{Name: "memory"}}},
			}},
			Volumes: []core.Volume{{Name: "data", VolumeSource: core.VolumeSource{
				PersistentVolumeClaim: &core.PersistentVolumeClaimVolumeSource{ClaimName: "disk"},
			}}},
		},
		Status: core.PodStatus{
			ResourceClaimStatuses: []core.PodResourceClaimStatus{{Name: "memory", ResourceClaimName: &made}},
		},
	}
	describer := &describe.PodDescriber{Interface: fake.NewClientset(pod)}
	text, err := describer.Describe("default", "web", describe.DescriberSettings{ShowEvents: true})
	if err != nil {
		panic(err)
	}
	for _, word := range []string{"server", "disk", "memory", template, made} {
		fmt.Println(word, strings.Contains(text, word))
	}
}
GO
cat >go.mod <<'MOD'
module example.com/finding

go 1.26.0

require (
	k8s.io/api v0.37.2
	k8s.io/apimachinery v0.37.2
	k8s.io/client-go v0.37.2
	k8s.io/kubectl v0.37.2
)
MOD
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = 'server true
disk true
memory false
pages false
web-memory-x7k2p false' ]
