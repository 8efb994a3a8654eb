//go:build !kubernetes38

package main

import (
	"context"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/dynamic-resource-allocation/cel"
	"k8s.io/dynamic-resource-allocation/structured"
)

type sharedID = structured.SharedDeviceID

func makeSharedID(device structured.DeviceID, share *types.UID) sharedID {
	return structured.MakeSharedDeviceID(device, share)
}

func newAllocator(ctx context.Context, cluster *cluster, celCache *cel.Cache) (structured.Allocator, error) {
	return structured.NewAllocator(ctx, features, cluster.allocated(), cluster, cluster.slices, celCache)
}
