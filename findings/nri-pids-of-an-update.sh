#!/bin/sh
# An NRI plugin cannot change the limit of processes in an update; and where the update itself has one, two plugins that
# change anything else are in conflict over it.
#
# github.com/containerd/nri 0.12.5, pkg/adaptation (0.11.0 reads the same), UpdateContainer.
#
# Expected: the plugin's 100 in the answer, and one plugin's CPU shares beside another one's quota.
# Seen: a plugin's limit of 100 is left out without an error: the answer has the 50 of the update, or none. With 50 in the
# update, one plugin that sets CPU shares and another that sets a quota fail it: "plugins "20-b" and "10-a" both tried to
# set PidsLimit", which neither touched. What is looked at is the update's own limit, once for each plugin that answers
# (updateResources in result.go).
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

type change = func(*api.ContainerUpdate)

func plugin(base, index string, make change) *builtin.BuiltinPlugin {
	answer := func(_ context.Context, request *api.UpdateContainerRequest) (*api.UpdateContainerResponse, error) {
		update := &api.ContainerUpdate{ContainerId: request.Container.Id}
		make(update)
		return &api.UpdateContainerResponse{Update: []*api.ContainerUpdate{update}}, nil
	}
	return &builtin.BuiltinPlugin{Base: base, Index: index, Handlers: builtin.BuiltinHandlers{UpdateContainer: answer}}
}

func outcome(asked *api.LinuxPids, plugins ...*builtin.BuiltinPlugin) string {
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
	reply, err := runtime.UpdateContainer(context.Background(), &api.UpdateContainerRequest{
		Pod: &api.PodSandbox{Id: "pod"}, Container: &api.Container{Id: "container"},
		LinuxResources: &api.LinuxResources{Pids: asked},
	})
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint("limit ", reply.Update[0].Linux.Resources.Pids.GetLimit())
}

func main() {
	pids := plugin("a", "10", func(update *api.ContainerUpdate) { update.SetLinuxPidLimits(100) })
	shares := plugin("a", "10", func(update *api.ContainerUpdate) { update.SetLinuxCPUShares(512) })
	quota := plugin("b", "20", func(update *api.ContainerUpdate) { update.SetLinuxCPUQuota(50000) })
	fmt.Println(outcome(nil, pids))
	fmt.Println(outcome(&api.LinuxPids{Limit: 50}, pids))
	fmt.Println(outcome(nil, shares, quota))
	fmt.Println(outcome(&api.LinuxPids{Limit: 50}, shares, quota))
}
GO

printf 'module example.com/finding\n\ngo 1.25\n\nrequire github.com/containerd/nri v0.12.5\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run . 2>log | sed 's/ $//')
echo "$seen"
[ "$seen" = 'limit 0
limit 50
limit 0
plugins "20-b" and "10-a" both tried to set PidsLimit' ]
