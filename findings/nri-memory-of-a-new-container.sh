#!/bin/sh
# Of the memory that an NRI plugin gives a new container only the limit arrives, and it becomes the limit of swap as well.
#
# github.com/containerd/nri 0.12.5, pkg/runtime-tools/generate, by which containerd and CRI-O turn adjustments into the OCI
# specification. A plugin sets a limit of 1000, 3000 for memory and swap, a reservation of 500 and a swappiness of 10; the
# container has a limit of 2000 and 4000 with swap.
#
# Expected: these four, which the table of adjustable properties in NRI's README has since 0.2.0.
# Seen: the limit is 1000 and so is the one with swap: the container may swap nothing, without a word. Reservation and
# swappiness are left out, and a plugin that sets the swap limit alone changes nothing. What arrives is what is named as a
# file of cgroup v2 in `unified` (memory.swap.max, memory.low).
#
# Needs Go 1.25 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"

	"github.com/containerd/nri/pkg/api"
	nri "github.com/containerd/nri/pkg/runtime-tools/generate"
	oci "github.com/opencontainers/runtime-spec/specs-go"
	"github.com/opencontainers/runtime-tools/generate"
)

func show(adjustment *api.ContainerAdjustment) {
	limit, swap := int64(2000), int64(4000)
	spec := &oci.Spec{Linux: &oci.Linux{Resources: &oci.LinuxResources{
		Memory: &oci.LinuxMemory{Limit: &limit, Swap: &swap},
	}}}
	generator := generate.NewFromSpec(spec)
	if err := nri.SpecGenerator(&generator).Adjust(adjustment); err != nil {
		panic(err)
	}
	memory, err := json.Marshal(spec.Linux.Resources.Memory)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(memory))
}

func main() {
	four := &api.ContainerAdjustment{}
	four.SetLinuxMemoryLimit(1000)
	four.SetLinuxMemorySwap(3000)
	four.SetLinuxMemoryReservation(500)
	four.SetLinuxMemorySwappiness(10)
	show(four)
	swap := &api.ContainerAdjustment{}
	swap.SetLinuxMemorySwap(3000)
	show(swap)
}
GO

cat >go.mod <<'MOD'
module example.com/finding

go 1.25

require (
	github.com/containerd/nri v0.12.5
	github.com/opencontainers/runtime-tools v0.9.1-0.20251114084447-edf4cb3d2116
)
MOD
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = '{"limit":1000,"swap":1000}
{"limit":2000,"swap":4000}' ]
