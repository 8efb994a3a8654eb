#!/bin/sh
# An annotation of the container that one NRI plugin removes is still there for the plugins after it; a variable and a mount
# are gone.
#
# github.com/containerd/nri 0.12.5, pkg/adaptation, CreateContainer. The first plugin removes an annotation, a variable and
# a mount of the new container, the second one looks at what the container has.
#
# Expected: none of the three. A plugin is shown the container as those before it have changed it.
# Seen: the annotation, with its value, though the answer to the runtime removes it. A plugin that goes by annotations, and
# is to be turned off for a container by a plugin before it, goes on.
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

func plugin(base, index string, look func(*api.Container) *api.ContainerAdjustment) *builtin.BuiltinPlugin {
	answer := func(_ context.Context, request *api.CreateContainerRequest) (*api.CreateContainerResponse, error) {
		return &api.CreateContainerResponse{Adjust: look(request.Container)}, nil
	}
	return &builtin.BuiltinPlugin{Base: base, Index: index, Handlers: builtin.BuiltinHandlers{CreateContainer: answer}}
}

func main() {
	first := plugin("first", "10", func(*api.Container) *api.ContainerAdjustment {
		adjustment := &api.ContainerAdjustment{}
		adjustment.RemoveAnnotation("example.com/pin")
		adjustment.RemoveEnv("PIN")
		adjustment.RemoveMount("/pin")
		return adjustment
	})
	second := plugin("second", "20", func(container *api.Container) *api.ContainerAdjustment {
		fmt.Println("annotations", container.Annotations, "variables", container.Env, "mounts", len(container.Mounts))
		return nil
	})
	synchronize := func(ctx context.Context, all adaptation.SyncCB) error {
		_, err := all(ctx, nil, nil)
		return err
	}
	update := func(context.Context, []*api.ContainerUpdate) ([]*api.ContainerUpdate, error) { return nil, nil }
	runtime, err := adaptation.New("runtime", "1", synchronize, update,
		adaptation.WithPluginPath("plugins"), adaptation.WithDisabledExternalConnections(),
		adaptation.WithBuiltinPlugins(first, second))
	if err != nil {
		panic(err)
	}
	if err := runtime.Start(); err != nil {
		panic(err)
	}
	defer runtime.Stop()
	reply, err := runtime.CreateContainer(context.Background(), &api.CreateContainerRequest{
		Pod: &api.PodSandbox{Id: "pod"},
		Container: &api.Container{
			Id:          "container",
			Annotations: map[string]string{"example.com/pin": "yes"},
			Env:         []string{"PIN=yes"},
			Mounts:      []*api.Mount{{Destination: "/pin", Source: "/srv", Type: "bind"}},
		},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println("answer", reply.Adjust.Annotations)
}
GO

printf 'module example.com/finding\n\ngo 1.25\n\nrequire github.com/containerd/nri v0.12.5\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run . 2>log)
echo "$seen"
[ "$seen" = 'annotations map[example.com/pin:yes] variables [] mounts 0
answer map[-example.com/pin:]' ]
