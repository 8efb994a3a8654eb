package main

import (
	"context"
	"errors"

	corev1 "k8s.io/api/core/v1"
	resourceapi "k8s.io/api/resource/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/dynamic-resource-allocation/cel"
	"k8s.io/dynamic-resource-allocation/structured"
)

// judgeRequest is a whole cluster and the claims of one pod, which may be allocated on any of its nodes.
type judgeRequest struct {
	Slices  []resourceapi.ResourceSlice `json:"slices"`
	Classes []resourceapi.DeviceClass   `json:"classes"`
	Claims  []resourceapi.ResourceClaim `json:"claims"`
	Wanted  []resourceapi.ResourceClaim `json:"wanted"`
	Nodes   []string                    `json:"nodes"`
}

// verdict is what the allocator says of one node: devices, or none and why not.
type verdict struct {
	Fits    bool     `json:"fits"`
	Devices []string `json:"devices,omitempty"`
	Error   string   `json:"error,omitempty"`
}

// judge asks the allocator for each node and writes nothing anywhere.
func judge(ctx context.Context, wanted judgeRequest) answer {
	cluster := &cluster{pointers(wanted.Slices), pointers(wanted.Classes), pointers(wanted.Claims)}
	celCache := cel.NewCache(celCacheSize, cel.Features{EnableConsumableCapacity: features.ConsumableCapacity})
	verdicts := make([]verdict, len(wanted.Nodes))
	for index, name := range wanted.Nodes {
		allocator, err := newAllocator(ctx, cluster, celCache)
		if err != nil {
			return answer{Error: err.Error()}
		}
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}
		results, err := allocator.Allocate(ctx, node, pointers(wanted.Wanted))
		verdicts[index] = verdictOf(results, err, len(wanted.Wanted))
	}
	return answer{Verdicts: verdicts}
}

func verdictOf(results []resourceapi.AllocationResult, err error, wanted int) verdict {
	if err != nil && !errors.Is(err, structured.ErrFailedAllocationOnNode) {
		return verdict{Error: err.Error()}
	}
	if err != nil || len(results) != wanted {
		return verdict{}
	}
	found := verdict{Fits: true}
	for _, result := range results {
		for _, device := range result.Devices.Results {
			text := device.Request + "=" + device.Pool + ":" + device.Device
			if size, sized := device.ConsumedCapacity["size"]; sized {
				text += "=" + size.String()
			}
			found.Devices = append(found.Devices, text)
		}
	}
	return found
}
