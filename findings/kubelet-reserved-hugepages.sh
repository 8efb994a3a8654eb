#!/bin/sh
# Hugepages that are kept back by the kubelet's reservedMemory keep the kubelet from starting: no value of them is right.
#
# k8s.io/kubernetes 1.37.2 (1.36.3 reads the same), memory manager with the policy Static and what the kubelet reads of
# kubeReserved and systemReserved. A machine with one NUMA node, systemReserved 1Gi of memory, and reservedMemory as in the
# help of the kubelet's own flag: 0:memory=1Gi,hugepages-2Mi=2Gi.
#
# Expected: 2Gi of hugepages are given to no pod. The configuration is found valid ("only [memory hugepages-<HugePageSize>]
# is accepted").
# Seen: "the total amount "2Gi" of type "hugepages-2Mi" is not equal to the value "0" determined by Node Allocatable
# feature". That value is the sum of kubeReserved, systemReserved and evictionHard, none of which takes hugepages: "cannot
# reserve "hugepages-2Mi" resource". Only without hugepages does it start.
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
	"os"
	_ "unsafe"

	cadvisor "github.com/google/cadvisor/lib/model"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/klog/v2"
	_ "k8s.io/kubernetes/cmd/kubelet/app"
	"k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubelet/cm/memorymanager"
	"k8s.io/kubernetes/pkg/kubelet/cm/topologymanager"
)

// What the kubelet reads kubeReserved, systemReserved by.
//
//go:linkname parseResourceList k8s.io/kubernetes/cmd/kubelet/app.parseResourceList
func parseResourceList(m map[string]string) (core.ResourceList, error)

func main() {
	machine := &cadvisor.MachineInfo{Topology: []cadvisor.Node{{
		Id: 0, Memory: 16 << 30, HugePages: []cadvisor.HugePagesInfo{{PageSize: 2048, NumPages: 4096}},
	}}}
	start := func(reserved core.ResourceList) {
		allocatable, err := parseResourceList(map[string]string{"memory": "1Gi"})
		if err == nil {
			_, err = memorymanager.NewManager(klog.Background(), "Static", machine, allocatable,
				[]config.MemoryReservation{{NumaNode: 0, Limits: reserved}}, os.TempDir(), topologymanager.NewFakeManager(klog.Background()))
		}
		fmt.Println(err)
	}
	memory, pages := resource.MustParse("1Gi"), resource.MustParse("2Gi")
	start(core.ResourceList{"memory": memory})
	start(core.ResourceList{"memory": memory, "hugepages-2Mi": pages})
	_, err := parseResourceList(map[string]string{"memory": "1Gi", "hugepages-2Mi": "2Gi"})
	fmt.Println(err)
}
GO

# The parts of Kubernetes are modules that its own go.mod replaces.
printf 'module example.com/finding\n\ngo 1.26.0\n' >go.mod
parts=$(GOFLAGS=-mod=mod go mod download -json k8s.io/kubernetes@v1.37.2 |
	sed -n 's/.*"GoMod": "\(.*\)".*/\1/p' | xargs sed -n 's|^\t\(k8s.io/[^ ]*\) => ./staging.*|\1|p')
for part in $parts; do go mod edit -replace "$part=$part@v0.37.2"; done
GOFLAGS=-mod=mod go get k8s.io/kubernetes@v1.37.2 >/dev/null 2>&1
touch empty.s # lets a function be declared without a body
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = '<nil>
the total amount "2Gi" of type "hugepages-2Mi" is not equal to the value "0" determined by Node Allocatable feature
cannot reserve "hugepages-2Mi" resource' ]
