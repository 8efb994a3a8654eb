package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	dra "k8s.io/kubelet/pkg/apis/dra/v1"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

const callTimeout = 45 * time.Second // the kubelet's own

// kubelet registers the plugin whose socket appears in its registry, and calls it.
type kubelet struct {
	out *output

	mutex      sync.Mutex
	plugin     dra.DRAPluginClient
	connection *grpc.ClientConn
	prepared   map[string][]string
}

func newKubelet(out *output) *kubelet {
	return &kubelet{out: out, prepared: map[string][]string{}}
}

// watch registers the plugin whose socket appears, as the kubelet does told by inotify.
func (k *kubelet) watch(registry string) error {
	if err := os.MkdirAll(registry, 0o750); err != nil {
		return err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	if err := watcher.Add(registry); err != nil {
		return err
	}
	go func() {
		known := ""
		for range watcher.Events {
			found := socketIn(registry)
			if found != known && found != "" {
				if err := k.register(filepath.Join(registry, found)); err != nil {
					fmt.Fprintln(os.Stderr, "node:", err)
					continue
				}
			}
			known = found
		}
	}()
	return nil
}

func socketIn(registry string) string {
	entries, _ := os.ReadDir(registry)
	for _, entry := range entries {
		if entry.Type()&os.ModeSocket != 0 && !strings.HasPrefix(entry.Name(), ".") {
			return entry.Name()
		}
	}
	return ""
}

func dial(path string) (*grpc.ClientConn, error) {
	return grpc.NewClient("unix://"+path, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

// register asks a plugin who it is, tells it that it is accepted, and connects to where it serves.
func (k *kubelet) register(path string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	connection, err := dial(path)
	if err != nil {
		return err
	}
	defer connection.Close()
	client := registration.NewRegistrationClient(connection)
	info, err := client.GetInfo(ctx, &registration.InfoRequest{}, grpc.WaitForReady(true))
	if err != nil {
		return err
	}
	if _, err := client.NotifyRegistrationStatus(ctx, &registration.RegistrationStatus{PluginRegistered: true}); err != nil {
		return err
	}
	k.out.event("registered")
	plugin, err := dial(info.Endpoint)
	if err != nil {
		return err
	}
	plugin.Connect() // As the kubelet has a connection long before the first pod.
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.connection != nil {
		k.connection.Close()
	}
	k.connection, k.plugin = plugin, dra.NewDRAPluginClient(plugin)
	return nil
}

type callOptions struct {
	Prepare bool         `json:"prepare"`
	Claims  []*dra.Claim `json:"claims"`
	// How many calls are under way at a time, each for one claim.
	Width int `json:"width"`
	// From the begin of one to that of the next at least, in nanoseconds.
	Every time.Duration `json:"every"`
}

type called struct {
	Took []int64 `json:"took"`
	All  int64   `json:"all"`
}

func (k *kubelet) call(options callOptions) (*called, error) {
	return k.callUntil(nil, options)
}

// callUntil makes the calls, and begins no more of them once the channel is closed.
func (k *kubelet) callUntil(done <-chan struct{}, options callOptions) (*called, error) {
	took := make([]int64, len(options.Claims))
	failures := make([]error, len(options.Claims))
	next := make(chan int)
	var workers sync.WaitGroup
	start := time.Now()
	for range options.Width {
		workers.Go(func() {
			for index := range next {
				before := time.Now()
				failures[index] = k.callOne(options.Prepare, options.Claims[index])
				took[index] = time.Since(before).Nanoseconds()
			}
		})
	}
	for index := range options.Claims {
		if options.Every > 0 {
			time.Sleep(time.Until(start.Add(time.Duration(index) * options.Every)))
		}
		select {
		case next <- index:
			continue
		case <-done:
		}
		break
	}
	close(next)
	workers.Wait()
	return &called{took, time.Since(start).Nanoseconds()}, errors.Join(failures...)
}

func (k *kubelet) callOne(prepare bool, claim *dra.Claim) error {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	if !prepare {
		answer, err := k.plugin.NodeUnprepareResources(ctx, &dra.NodeUnprepareResourcesRequest{Claims: []*dra.Claim{claim}})
		if err != nil {
			return err
		}
		return failure(claim, answer.Claims[claim.Uid].GetError())
	}
	answer, err := k.plugin.NodePrepareResources(ctx, &dra.NodePrepareResourcesRequest{Claims: []*dra.Claim{claim}})
	if err != nil {
		return err
	}
	var devices []string
	for _, device := range answer.Claims[claim.Uid].GetDevices() {
		devices = append(devices, device.CdiDeviceIds...)
	}
	k.mutex.Lock()
	k.prepared[claim.Uid] = devices
	k.mutex.Unlock()
	return failure(claim, answer.Claims[claim.Uid].GetError())
}

func failure(claim *dra.Claim, text string) error {
	if text == "" {
		return nil
	}
	return fmt.Errorf("claim %s: %s", claim.Name, text)
}

// devices are the CDI devices of a prepared claim.
func (k *kubelet) devices(uid string) []string {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return k.prepared[uid]
}
