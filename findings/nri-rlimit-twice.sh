#!/bin/sh
# A resource limit that an NRI plugin changes stands twice in the container's OCI specification, which forbids that.
#
# github.com/containerd/nri 0.12.5, pkg/runtime-tools/generate (0.8.0 does the same), by which containerd and CRI-O turn
# adjustments into the OCI specification. The container has RLIMIT_MEMLOCK of 64 KiB, the plugin sets 1 GiB.
#
# Expected: one entry, 1 GiB, as mounts, variables and hugepage limits are replaced.
# Seen: both entries, the plugin's behind the other. Of such a list the OCI runtime specification says that "the runtime
# MUST generate an error" (config.md, POSIX process, rlimits). runc 1.5.2 sets one after the other; and a plugin called
# later sees both too.
#
# Needs Go 1.25 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/containerd/nri/pkg/api"
	nri "github.com/containerd/nri/pkg/runtime-tools/generate"
	oci "github.com/opencontainers/runtime-spec/specs-go"
	"github.com/opencontainers/runtime-tools/generate"
)

func main() {
	spec := &oci.Spec{Process: &oci.Process{
		Rlimits: []oci.POSIXRlimit{{Type: "RLIMIT_MEMLOCK", Hard: 64 << 10, Soft: 64 << 10}},
	}}
	adjustment := &api.ContainerAdjustment{}
	adjustment.AddRlimit("RLIMIT_MEMLOCK", 1<<30, 1<<30)
	generator := generate.NewFromSpec(spec)
	if err := nri.SpecGenerator(&generator).Adjust(adjustment); err != nil {
		panic(err)
	}
	for _, limit := range spec.Process.Rlimits {
		fmt.Println(limit.Type, limit.Soft, limit.Hard)
	}
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
[ "$seen" = 'RLIMIT_MEMLOCK 65536 65536
RLIMIT_MEMLOCK 1073741824 1073741824' ]
