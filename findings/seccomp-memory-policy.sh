#!/bin/sh
# By containerd's default seccomp profile a program cannot set, or even ask for, its own memory policy; by CRI-O's it can.
#
# github.com/containerd/containerd/v2 2.4.2, contrib/seccomp, and github.com/containers/common 0.63.0, pkg/seccomp, which
# CRI-O takes: RuntimeDefault of their pods, which Pod Security's "restricted" wants and the kubelet's seccompDefault
# gives to all.
#
# Expected: get_mempolicy, set_mempolicy and mbind as in any process: the kernel wants no capability for them.
# Seen: CRI-O's profile has the three; containerd's leaves them to CAP_SYS_NICE, which "restricted" forbids, and answers
# EPERM. move_pages and migrate_pages are in neither. In a container of runc 1.5.2 with it, Debian 12, DPDK ends
# ("EAL: FATAL: Cannot init memory"), and so do QEMU with host-nodes ("cannot bind memory to host NUMA nodes") and
# numactl --membind, all with "Operation not permitted"; numactl --show says the same as ever. A policy that runc sets
# (linux.memoryPolicy) is there all the same, since it loads the filter later.
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
	"slices"

	"github.com/containerd/containerd/v2/contrib/seccomp"
	common "github.com/containers/common/pkg/seccomp"
	oci "github.com/opencontainers/runtime-spec/specs-go"
)

var calls = []string{"mmap", "get_mempolicy", "set_mempolicy", "mbind", "move_pages", "migrate_pages"}

func allowed(capabilities ...string) (names []string) {
	profile := seccomp.DefaultProfile(&oci.Spec{
		Process: &oci.Process{Capabilities: &oci.LinuxCapabilities{Bounding: capabilities}},
		Linux:   &oci.Linux{},
	})
	if profile.DefaultAction != oci.ActErrno {
		panic(profile.DefaultAction)
	}
	for _, rule := range profile.Syscalls {
		for _, name := range rule.Names {
			if rule.Action == oci.ActAllow && slices.Contains(calls, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func main() {
	fmt.Println(allowed("CAP_CHOWN"))
	fmt.Println(allowed("CAP_SYS_NICE"))
	names := []string{}
	for _, rule := range common.DefaultProfile().Syscalls {
		for _, name := range rule.Names {
			if rule.Action == common.ActAllow && len(rule.Includes.Caps) == 0 && slices.Contains(calls, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	fmt.Println(names)
}
GO

printf 'module example.com/finding\n\ngo 1.26\n\nrequire (\n\tgithub.com/containerd/containerd/v2 v2.4.2\n' >go.mod
printf '\tgithub.com/containers/common v0.63.0\n)\n' >>go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = '[mmap]
[get_mempolicy mbind mmap set_mempolicy]
[get_mempolicy mbind mmap set_mempolicy]' ]
