//go:build kubernetes38

package main

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/dynamic-resource-allocation/api"
	"k8s.io/dynamic-resource-allocation/cel"
	"k8s.io/dynamic-resource-allocation/structured"
)

// sharedID is that of the device: 1.38 no longer tells the shares of one device apart.
type sharedID = structured.DeviceID

func makeSharedID(device structured.DeviceID, _ *types.UID) sharedID {
	return device
}

// newAllocator gives the allocator slices in its own form, to which the scheduler's informer converts them.
func newAllocator(ctx context.Context, cluster *cluster, celCache *cel.Cache) (structured.Allocator, error) {
	slices := make([]*api.ResourceSlice, len(cluster.slices))
	for index, slice := range cluster.slices {
		slices[index] = &api.ResourceSlice{}
		if err := api.Convert_v1_ResourceSlice_To_api_ResourceSlice(slice, slices[index], nil); err != nil {
			return nil, fmt.Errorf("convert slice %s: %w", slice.Name, err)
		}
	}
	return structured.NewAllocator(ctx, features, cluster.allocated(), cluster, slices, celCache)
}
