package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/containerd/nri/pkg/adaptation"
	"github.com/containerd/nri/pkg/api"
	oci "github.com/opencontainers/runtime-spec/specs-go"
	"tags.cncf.io/container-device-interface/pkg/cdi"
)

// runtime relays the creation of containers to the plugins and runs none.
type runtime struct {
	nri *adaptation.Adaptation
	cdi *cdi.Cache
	out *output
}

func newRuntime(socket, cdiDirectory string, out *output) (*runtime, error) {
	// As the runtimes have it: the cache follows the directory by inotify, and reads it anew at the next injection.
	cache, err := cdi.NewCache(cdi.WithSpecDirs(cdiDirectory))
	if err != nil {
		return nil, err
	}
	r := &runtime{cdi: cache, out: out}
	r.nri, err = adaptation.New("containerd", "v2.3.0", r.synchronize, ignoreUpdates,
		adaptation.WithSocketPath(socket), adaptation.WithPluginPath(""), adaptation.WithPluginConfigPath(""))
	if err != nil {
		return nil, err
	}
	return r, r.nri.Start()
}

// synchronize tells a plugin that there is nothing yet. The library also calls this at its start, without a plugin.
func (r *runtime) synchronize(ctx context.Context, relay adaptation.SyncCB) error {
	if _, err := relay(ctx, nil, nil); err != nil {
		return err
	}
	r.out.event("synchronized")
	return nil
}

func ignoreUpdates(context.Context, []*api.ContainerUpdate) ([]*api.ContainerUpdate, error) {
	return nil, nil
}

type createOptions struct {
	Containers []wantedContainer `json:"containers"`
	// Between two containers, in nanoseconds.
	Pause time.Duration `json:"pause"`
	// What is prepared beside it, as long as there are containers to create.
	Meanwhile callOptions `json:"meanwhile"`
}

type wantedContainer struct {
	ID  string `json:"id"`
	Pod struct {
		Name string `json:"name"`
		UID  string `json:"uid"`
	} `json:"pod"`
	Env []string `json:"env"`
	// The uid of the prepared claim that it uses, if any.
	Claim string `json:"claim"`
}

type created struct {
	Took []int64 `json:"took"`
}

// create has the plugins see one container after the other, from its creation to its removal.
func (r *runtime) create(options createOptions, kubelet *kubelet) (*created, error) {
	done := make(chan struct{})
	var preparing sync.WaitGroup
	var preparation error
	preparing.Go(func() { _, preparation = kubelet.callUntil(done, options.Meanwhile) })
	took, err := r.createAll(options, kubelet)
	close(done)
	preparing.Wait()
	return &created{took}, errors.Join(err, preparation)
}

func (r *runtime) createAll(options createOptions, kubelet *kubelet) ([]int64, error) {
	took := make([]int64, 0, len(options.Containers))
	for _, wanted := range options.Containers {
		time.Sleep(options.Pause)
		one, err := r.createOne(wanted, kubelet.devices(wanted.Claim))
		if err != nil {
			return nil, fmt.Errorf("container %s: %w", wanted.ID, err)
		}
		took = append(took, one.Nanoseconds())
	}
	return took, nil
}

func (r *runtime) createOne(wanted wantedContainer, devices []string) (time.Duration, error) {
	spec := &oci.Spec{Process: &oci.Process{Env: wanted.Env}}
	if len(devices) > 0 {
		if _, err := r.cdi.InjectDevices(spec, devices...); err != nil {
			return 0, err
		}
	}
	pod := &api.PodSandbox{
		Id: "sandbox-" + wanted.ID, Name: wanted.Pod.Name, Namespace: "default", Uid: wanted.Pod.UID,
		Linux: &api.LinuxPodSandbox{CgroupParent: "/kubepods/burstable/pod" + wanted.Pod.UID},
	}
	container := &api.Container{Id: wanted.ID, PodSandboxId: pod.Id, Name: "app", Env: spec.Process.Env}
	defer r.nri.BlockPluginSync().Unblock()
	start := time.Now()
	_, err := r.nri.CreateContainer(context.Background(), &api.CreateContainerRequest{Pod: pod, Container: container})
	took := time.Since(start)
	if err != nil {
		return 0, err
	}
	return took, r.nri.RemoveContainer(context.Background(), &api.RemoveContainerRequest{Pod: pod, Container: container})
}
