package main

import (
	"context"
	"fmt"

	resourceapi "k8s.io/api/resource/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/kubernetes"
	"k8s.io/dynamic-resource-allocation/structured"
)

// cluster is what the allocator decides on, as the API server had it at one moment. It lists the classes.
type cluster struct {
	slices  []*resourceapi.ResourceSlice
	classes []*resourceapi.DeviceClass
	claims  []*resourceapi.ResourceClaim
}

func readCluster(ctx context.Context, client kubernetes.Interface) (*cluster, error) {
	slices, err := client.ResourceV1().ResourceSlices().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("list slices: %w", err)
	}
	classes, err := client.ResourceV1().DeviceClasses().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("list classes: %w", err)
	}
	claims, err := client.ResourceV1().ResourceClaims(metav1.NamespaceAll).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("list claims: %w", err)
	}
	return &cluster{pointers(slices.Items), pointers(classes.Items), pointers(claims.Items)}, nil
}

func (c *cluster) List() ([]*resourceapi.DeviceClass, error) {
	return c.classes, nil
}

func (c *cluster) Get(name string) (*resourceapi.DeviceClass, error) {
	for _, class := range c.classes {
		if class.Name == name {
			return class, nil
		}
	}
	return nil, fmt.Errorf("device class %s does not exist", name)
}

// unallocated finds the claims of a request, in its order.
func (c *cluster) unallocated(wanted allocateRequest) ([]*resourceapi.ResourceClaim, error) {
	found := make([]*resourceapi.ResourceClaim, len(wanted.Claims))
	for index, name := range wanted.Claims {
		for _, claim := range c.claims {
			if claim.Namespace == wanted.Namespace && claim.Name == name {
				found[index] = claim
			}
		}
		switch {
		case found[index] == nil:
			return nil, fmt.Errorf("claim %s/%s does not exist", wanted.Namespace, name)
		case found[index].Status.Allocation != nil:
			return nil, fmt.Errorf("claim %s/%s is allocated already", wanted.Namespace, name)
		}
	}
	return found, nil
}

// allocated sums up what the allocated claims hold, by the rules of the scheduler's dynamicresources plugin:
// a result with a share id takes its consumed capacity, one without takes the whole device, and admin access
// takes nothing.
func (c *cluster) allocated() structured.AllocatedState {
	state := structured.AllocatedState{
		AllocatedDevices:         sets.New[structured.DeviceID](),
		AllocatedSharedDeviceIDs: sets.New[sharedID](),
		AggregatedCapacity:       structured.NewConsumedCapacityCollection(),
	}
	for _, claim := range c.claims {
		if claim.Status.Allocation == nil {
			continue
		}
		for _, result := range claim.Status.Allocation.Devices.Results {
			id := structured.MakeDeviceID(result.Driver, result.Pool, result.Device)
			switch {
			case result.AdminAccess != nil && *result.AdminAccess:
			case result.ShareID == nil:
				state.AllocatedDevices.Insert(id)
			default:
				state.AllocatedSharedDeviceIDs.Insert(makeSharedID(id, result.ShareID))
				state.AggregatedCapacity.Insert(structured.NewDeviceConsumedCapacity(id, result.ConsumedCapacity))
			}
		}
	}
	return state
}

func pointers[T any](items []T) []*T {
	result := make([]*T, len(items))
	for index := range items {
		result[index] = &items[index]
	}
	return result
}
