#!/bin/sh
# What cAdvisor calls a container's usage of hugepages is what it has reserved; what it uses is not told at all, and its
# highest usage is 0.
#
# github.com/opencontainers/cgroups 0.1.0, fs2 (cgroup v2), GetStats, which container_hugetlb_usage_bytes and
# container_hugetlb_max_usage_bytes of cAdvisor come from. The cgroup's files say hugetlb.<size>.current 2 MiB and
# hugetlb.<size>.rsvd.current 8 MiB: a process has mapped four pages and touched one.
#
# Expected: a usage of 2 MiB, as `current` is the usage in Documentation/admin-guide/cgroup-v2.rst.
# Seen: 8 MiB, from `rsvd.current`; `current` is read by kernels without that file alone (before Linux 5.7). A process
# that maps without a reservation (MAP_NORESERVE) uses pages while the usage stays 0. MaxUsage is 0, since cgroup v2 has
# no such file, where v1 has one: an alert on it never fires.
#
# Needs Go 1.26, the module proxy, and a kernel with hugepages. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/opencontainers/cgroups"
	"github.com/opencontainers/cgroups/fs2"
)

func main() {
	cgroups.TestMode = true // Takes an ordinary directory for a cgroup.
	files := map[string]string{
		"cgroup.controllers": "hugetlb", "cgroup.procs": "", "memory.current": "0", "memory.max": "max",
		"memory.stat": "anon 0",
	}
	sizes := cgroups.HugePageSizes()
	for _, size := range sizes {
		files["hugetlb."+size+".current"] = "2097152"
		files["hugetlb."+size+".rsvd.current"] = "8388608"
		files["hugetlb."+size+".events"] = "max 0"
	}
	for name, text := range files {
		if err := os.WriteFile("cgroup/"+name, []byte(text+"\n"), 0o644); err != nil {
			panic(err)
		}
	}
	manager, err := fs2.NewManager(&cgroups.Cgroup{Resources: &cgroups.Resources{}}, "cgroup")
	if err != nil {
		panic(err)
	}
	stats, err := manager.GetStats()
	if err != nil {
		panic(err)
	}
	for _, size := range sizes {
		told := stats.HugetlbStats[size]
		fmt.Println("usage", told.Usage, "highest", told.MaxUsage)
	}
}
GO

mkdir cgroup
printf 'module example.com/finding\n\ngo 1.26\n\nrequire github.com/opencontainers/cgroups v0.1.0\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run . | sort -u)
echo "$seen"
[ "$seen" = 'usage 8388608 highest 0' ]
