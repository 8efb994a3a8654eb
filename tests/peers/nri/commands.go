package main

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/containerd/nri/pkg/api"
)

type updateCommand struct {
	ID        string          `json:"id"`
	Resources json.RawMessage `json:"resources"`
}

func (r *runtime) runPod(text json.RawMessage) error {
	pod := &api.PodSandbox{}
	if err := parse(text, pod); err != nil {
		return err
	}
	if err := r.checkListening(); err != nil {
		return err
	}
	defer r.nri.BlockPluginSync().Unblock()
	if err := notify(r.nri.RunPodSandbox, pod, nil); err != nil {
		return err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.pods = append(r.pods, pod)
	return nil
}

func (r *runtime) createContainer(text json.RawMessage) (json.RawMessage, error) {
	container := &api.Container{}
	if err := parse(text, container); err != nil {
		return nil, err
	}
	if err := r.checkListening(); err != nil {
		return nil, err
	}
	defer r.nri.BlockPluginSync().Unblock()
	pod, err := r.findPod(container.PodSandboxId)
	if err != nil {
		return nil, err
	}
	reply, err := r.nri.CreateContainer(context.Background(), &api.CreateContainerRequest{Pod: pod, Container: container})
	if err != nil {
		return nil, err
	}
	adjust(container, reply.GetAdjust())
	r.apply(reply.GetUpdate())
	r.mutex.Lock()
	container.State = api.ContainerState_CONTAINER_CREATED
	r.containers = append(r.containers, container)
	r.mutex.Unlock()
	return message(reply), notify(r.nri.PostCreateContainer, pod, container)
}

func (r *runtime) startContainer(id string) error {
	return r.withContainer(id, func(pod *api.PodSandbox, container *api.Container) error {
		if err := notify(r.nri.StartContainer, pod, container); err != nil {
			return err
		}
		r.setContainerState(container, api.ContainerState_CONTAINER_RUNNING)
		return notify(r.nri.PostStartContainer, pod, container)
	})
}

func (r *runtime) updateContainer(command updateCommand) (reply json.RawMessage, err error) {
	resources := &api.LinuxResources{}
	if err := parse(command.Resources, resources); err != nil {
		return nil, err
	}
	err = r.withContainer(command.ID, func(pod *api.PodSandbox, container *api.Container) error {
		response, err := r.nri.UpdateContainer(context.Background(),
			&api.UpdateContainerRequest{Pod: pod, Container: container, LinuxResources: resources})
		if err != nil {
			return err
		}
		reply = message(response)
		r.apply(response.GetUpdate())
		return notify(r.nri.PostUpdateContainer, pod, container)
	})
	return reply, err
}

func (r *runtime) stopContainer(id string) (reply json.RawMessage, err error) {
	err = r.withContainer(id, func(pod *api.PodSandbox, container *api.Container) error {
		r.setContainerState(container, api.ContainerState_CONTAINER_STOPPED)
		response, err := r.nri.StopContainer(context.Background(), &api.StopContainerRequest{Pod: pod, Container: container})
		if err != nil {
			return err
		}
		reply = message(response)
		r.apply(response.GetUpdate())
		return nil
	})
	return reply, err
}

func (r *runtime) removeContainer(id string) error {
	return r.withContainer(id, func(pod *api.PodSandbox, container *api.Container) error {
		r.mutex.Lock()
		r.containers = slices.DeleteFunc(r.containers, func(other *api.Container) bool { return other == container })
		r.mutex.Unlock()
		return notify(r.nri.RemoveContainer, pod, container)
	})
}

func (r *runtime) stopPod(id string) error {
	return r.withPod(id, func(pod *api.PodSandbox) error { return notify(r.nri.StopPodSandbox, pod, nil) })
}

func (r *runtime) removePod(id string) error {
	return r.withPod(id, func(pod *api.PodSandbox) error {
		r.mutex.Lock()
		r.pods = slices.DeleteFunc(r.pods, func(other *api.PodSandbox) bool { return other == pod })
		r.mutex.Unlock()
		return notify(r.nri.RemovePodSandbox, pod, nil)
	})
}

// withContainer looks a container and its pod up and keeps plugins from being synchronized until the action is over,
// as the runtimes do.
func (r *runtime) withContainer(id string, action func(*api.PodSandbox, *api.Container) error) error {
	if err := r.checkListening(); err != nil {
		return err
	}
	defer r.nri.BlockPluginSync().Unblock()
	for _, container := range r.containers {
		if container.Id == id {
			pod, err := r.findPod(container.PodSandboxId)
			if err != nil {
				return err
			}
			return action(pod, container)
		}
	}
	return fmt.Errorf("there is no container %s", id)
}

func (r *runtime) withPod(id string, action func(*api.PodSandbox) error) error {
	if err := r.checkListening(); err != nil {
		return err
	}
	defer r.nri.BlockPluginSync().Unblock()
	pod, err := r.findPod(id)
	if err != nil {
		return err
	}
	return action(pod)
}

func (r *runtime) findPod(id string) (*api.PodSandbox, error) {
	for _, pod := range r.pods {
		if pod.Id == id {
			return pod, nil
		}
	}
	return nil, fmt.Errorf("there is no pod %s", id)
}

func (r *runtime) checkListening() error {
	if r.nri == nil {
		return fmt.Errorf("the runtime does not listen yet")
	}
	return nil
}

func (r *runtime) setContainerState(container *api.Container, state api.ContainerState) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	container.State = state
}

// notify relays an event that has no reply. Up to NRI 0.11 all of them take a StateChangeEvent, later each has a
// request of its own; every one has the field Pod, and those of containers have Container.
func notify[Request any](relay func(context.Context, *Request) error, pod *api.PodSandbox, container *api.Container) error {
	request := new(Request)
	fields := reflect.ValueOf(request).Elem()
	fields.FieldByName("Pod").Set(reflect.ValueOf(pod))
	if container != nil {
		fields.FieldByName("Container").Set(reflect.ValueOf(container))
	}
	return relay(context.Background(), request)
}
