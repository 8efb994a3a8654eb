#!/bin/sh
# cAdvisor's container_memory_numa_pages has no values on cgroup v2, though the kernel tells them there.
#
# github.com/google/cadvisor 0.56.2 (of Kubernetes 1.36) with its github.com/opencontainers/cgroups 0.0.6: the handler of a
# container and the statistics that the metric is made of. The cgroup's memory.numa_stat has anonymous memory on node 1 and
# files on node 0.
#
# Expected: pages of nodes 0 and 1, as on cgroup v1, with the set of metrics `memory_numa` turned on.
# Seen: nothing, without an error: memory.numa_stat is read for cgroup v1 alone. Neither has the kubelet's /metrics/cadvisor
# such values; where a container's memory is says its memory.numa_stat itself.
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
	"os"

	"github.com/google/cadvisor/container"
	"github.com/google/cadvisor/container/libcontainer"
	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/cgroups/fs2"
)

func main() {
	cgroups.TestMode = true // Takes an ordinary directory for a cgroup.
	for name, text := range map[string]string{
		"cgroup.controllers": "memory", "cgroup.procs": "", "memory.current": "12288", "memory.max": "max",
		"memory.stat":      "anon 8192\nfile 4096",
		"memory.numa_stat": "anon N0=0 N1=8192\nfile N0=4096 N1=0\nunevictable N0=0 N1=0",
	} {
		if err := os.WriteFile("cgroup/"+name, []byte(text+"\n"), 0o644); err != nil {
			panic(err)
		}
	}
	manager, err := fs2.NewManager(&cgroups.Cgroup{Resources: &cgroups.Resources{}}, "cgroup")
	if err != nil {
		panic(err)
	}
	metrics := container.MetricSet{container.MemoryUsageMetrics: {}, container.MemoryNumaMetrics: {}}
	stats, err := libcontainer.NewHandler(manager, "/", 0, metrics).GetStats()
	if err != nil {
		panic(err)
	}
	own, all := stats.Memory.ContainerData.NumaStats, stats.Memory.HierarchicalData.NumaStats
	fmt.Println("usage", stats.Memory.Usage, "nodes", len(own.Anon)+len(own.File)+len(all.Anon)+len(all.File))
}
GO

mkdir cgroup
printf 'module example.com/finding\n\ngo 1.26\n\nrequire github.com/google/cadvisor v0.56.2\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = 'usage 12288 nodes 0' ]
