#!/bin/sh
# An update that an NRI plugin marks as one whose failure is ignored fails another plugin's update, and with it the
# creation of the container that both were asked about.
#
# github.com/containerd/nri 0.12.5, pkg/adaptation. A container is created; plugin a sets cpuset.mems of another one. Plugin
# b sets its memory limit and its cpuset.mems, with `ignore_failure`. Plugin c sets its memory limit.
#
# Expected: b's update is dropped for its conflict with a over cpuset.mems, and c's limit counts.
# Seen: "plugins "30-c" and "20-b" both tried to set MemLimit", and no container. What b set is dropped, but who owns which
# field is noted while the update is looked at, and is not taken back.
#
# Needs Go 1.25 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"

	"github.com/containerd/nri/pkg/adaptation"
	"github.com/containerd/nri/pkg/adaptation/builtin"
	"github.com/containerd/nri/pkg/api"
)

func plugin(base, index string, make func(*api.ContainerUpdate)) *builtin.BuiltinPlugin {
	answer := func(context.Context, *api.CreateContainerRequest) (*api.CreateContainerResponse, error) {
		update := &api.ContainerUpdate{ContainerId: "other"}
		make(update)
		return &api.CreateContainerResponse{Update: []*api.ContainerUpdate{update}}, nil
	}
	return &builtin.BuiltinPlugin{Base: base, Index: index, Handlers: builtin.BuiltinHandlers{CreateContainer: answer}}
}

func outcome(plugins ...*builtin.BuiltinPlugin) string {
	synchronize := func(ctx context.Context, all adaptation.SyncCB) error {
		_, err := all(ctx, nil, nil)
		return err
	}
	update := func(context.Context, []*api.ContainerUpdate) ([]*api.ContainerUpdate, error) { return nil, nil }
	runtime, err := adaptation.New("runtime", "1", synchronize, update,
		adaptation.WithPluginPath("plugins"), adaptation.WithDisabledExternalConnections(),
		adaptation.WithBuiltinPlugins(plugins...))
	if err != nil {
		panic(err)
	}
	if err := runtime.Start(); err != nil {
		panic(err)
	}
	defer runtime.Stop()
	reply, err := runtime.CreateContainer(context.Background(), &api.CreateContainerRequest{
		Pod: &api.PodSandbox{Id: "pod"}, Container: &api.Container{Id: "container"},
	})
	if err != nil {
		return err.Error()
	}
	resources := reply.Update[0].Linux.Resources
	return fmt.Sprint("mems ", resources.Cpu.Mems, ", limit ", resources.Memory.Limit.GetValue())
}

func main() {
	a := plugin("a", "10", func(update *api.ContainerUpdate) { update.SetLinuxCPUSetMems("0") })
	b := plugin("b", "20", func(update *api.ContainerUpdate) {
		update.SetLinuxMemoryLimit(1000)
		update.SetLinuxCPUSetMems("1")
		update.SetIgnoreFailure()
	})
	c := plugin("c", "30", func(update *api.ContainerUpdate) { update.SetLinuxMemoryLimit(2000) })
	fmt.Println(outcome(a, b))
	fmt.Println(outcome(a, c))
	fmt.Println(outcome(a, b, c))
}
GO

printf 'module example.com/finding\n\ngo 1.25\n\nrequire github.com/containerd/nri v0.12.5\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run . 2>log | sed 's/ $//')
echo "$seen"
[ "$seen" = 'mems 0, limit 0
mems 0, limit 2000
plugins "30-c" and "20-b" both tried to set MemLimit' ]
