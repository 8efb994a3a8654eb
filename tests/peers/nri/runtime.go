package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/containerd/nri/pkg/adaptation"
	"github.com/containerd/nri/pkg/api"
	"github.com/containerd/nri/pkg/log"
	"github.com/containerd/ttrpc"
	"google.golang.org/protobuf/proto"
)

type listenOptions struct {
	Socket           string `json:"socket"`
	RuntimeName      string `json:"runtimeName"`
	RuntimeVersion   string `json:"runtimeVersion"`
	RequestTimeoutMs int64  `json:"requestTimeoutMs"`
	PluginPath       string `json:"pluginPath"`
}

type state struct {
	Pods       []json.RawMessage `json:"pods"`
	Containers []json.RawMessage `json:"containers"`
}

// runtime is a container runtime that runs nothing: it keeps pods and containers and relays their events to plugins.
type runtime struct {
	out *output
	nri *adaptation.Adaptation

	// The state is read by synchronizations while commands change it.
	mutex      sync.Mutex
	pods       []*api.PodSandbox
	containers []*api.Container
}

func newRuntime(out *output) *runtime {
	log.Set(&watcher{out})
	return &runtime{out: out}
}

func (r *runtime) listen(options listenOptions) error {
	if r.nri != nil {
		return fmt.Errorf("the runtime listens already")
	}
	if options.RequestTimeoutMs > 0 {
		adaptation.SetPluginRequestTimeout(time.Duration(options.RequestTimeoutMs) * time.Millisecond)
	}
	nri, err := adaptation.New(options.RuntimeName, options.RuntimeVersion, r.synchronize, r.updateUnsolicited,
		adaptation.WithSocketPath(options.Socket),
		adaptation.WithPluginPath(options.PluginPath),
		adaptation.WithPluginConfigPath(options.PluginPath),
		adaptation.WithTTRPCOptions(
			[]ttrpc.ClientOpts{ttrpc.WithUnaryClientInterceptor(r.watchCall)},
			[]ttrpc.ServerOpt{ttrpc.WithUnaryServerInterceptor(r.watchRegistration)},
		),
	)
	if err != nil {
		return err
	}
	r.nri = nri
	return nri.Start()
}

func (r *runtime) setState(wanted state) error {
	pods := make([]*api.PodSandbox, len(wanted.Pods))
	for index, text := range wanted.Pods {
		pods[index] = &api.PodSandbox{}
		if err := parse(text, pods[index]); err != nil {
			return err
		}
	}
	containers := make([]*api.Container, len(wanted.Containers))
	for index, text := range wanted.Containers {
		containers[index] = &api.Container{}
		if err := parse(text, containers[index]); err != nil {
			return err
		}
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.pods, r.containers = pods, containers
	return nil
}

func (r *runtime) dump() state {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return state{Pods: messages(r.pods), Containers: messages(r.containers)}
}

// synchronize tells a plugin what there is and carries out what it asks for.
func (r *runtime) synchronize(ctx context.Context, relay adaptation.SyncCB) error {
	r.mutex.Lock()
	pods, containers := clones(r.pods), clones(r.containers)
	r.mutex.Unlock()
	count := 0
	updates, err := relay(context.WithValue(ctx, synchronizeCalls{}, &count), pods, containers)
	if err != nil {
		return err
	}
	if count == 0 { // The library synchronizes the plugins that it starts itself, even if there are none.
		return nil
	}
	r.apply(updates)
	r.out.write(map[string]any{"event": "synchronized", "messages": count, "updates": messages(updates)})
	return nil
}

func (r *runtime) updateUnsolicited(_ context.Context, updates []*api.ContainerUpdate) ([]*api.ContainerUpdate, error) {
	r.apply(updates)
	r.out.write(map[string]any{"event": "unsolicited", "updates": messages(updates)})
	return nil, nil
}

func clones[M proto.Message](all []M) []M {
	copies := make([]M, len(all))
	for index, one := range all {
		copies[index] = proto.Clone(one).(M)
	}
	return copies
}
