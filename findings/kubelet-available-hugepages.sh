#!/bin/sh
# To the kubelet's eviction the whole pool of hugepages is memory that is available, before Kubernetes 1.37.
#
# k8s.io/kubernetes 1.36.3, pkg/kubelet/server/stats, where the signal memory.available comes from, and the node's
# availableBytes of /stats/summary. The machine has 16Gi (MemTotal), of which 8Gi are hugepages, and a working set of 2Gi:
# the memory cgroup counts no hugepages.
#
# Expected: 6Gi, what processes can still have; the node's allocatable memory is without the hugepages as well. 1.37.2 says
# so (HugepageAwareEviction, beta and on), by the hugepages that the Node's capacity had when the kubelet started.
# Seen: 14Gi. With memory.available<500Mi nothing is ever evicted on such a node: when 6Gi are used the kernel kills, and
# the signal stands at 8Gi.
#
# Needs Go 1.26 and the module proxy; compiles for some minutes. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	statsapi "k8s.io/kubelet/pkg/apis/stats/v1alpha1"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	"k8s.io/kubernetes/pkg/kubelet/server/stats"
)

const gibibyte = 1 << 30

// What the kubelet learns of the machine.
type machine struct{ stats.Provider }

func (machine) GetNode(context.Context) (*v1.Node, error) {
	return &v1.Node{Status: v1.NodeStatus{Capacity: v1.ResourceList{
		v1.ResourceMemory: resource.MustParse("16Gi"),
		"hugepages-2Mi":   resource.MustParse("8Gi"),
	}}}, nil
}

func (machine) GetNodeConfig() cm.NodeConfig { return cm.NodeConfig{} }
func (machine) GetPodCgroupRoot() string     { return "" }

func (machine) ListPodCPUAndMemoryStats(context.Context) ([]statsapi.PodStats, error) { return nil, nil }

// Of the root cgroup: its limit is MemTotal, available is the limit less the working set.
func (machine) GetCgroupCPUAndMemoryStats(string, bool) (*statsapi.ContainerStats, error) {
	workingSet, available := uint64(2*gibibyte), uint64((16-2)*gibibyte)
	return &statsapi.ContainerStats{
		Memory: &statsapi.MemoryStats{WorkingSetBytes: &workingSet, AvailableBytes: &available},
	}, nil
}

func main() {
	summary, err := stats.NewSummaryProvider(context.Background(), machine{}).GetCPUAndMemoryStats(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println(*summary.Node.Memory.AvailableBytes/gibibyte, "Gi")
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
echo "available: 1.36.3 $before; 1.37.2 $after"
[ "$before; $after" = "14 Gi; 6 Gi" ]
