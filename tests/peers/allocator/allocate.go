package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	resourceapi "k8s.io/api/resource/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/dynamic-resource-allocation/cel"
	"k8s.io/dynamic-resource-allocation/structured"
)

type allocateRequest struct {
	Node      string   `json:"node"`
	Namespace string   `json:"namespace"`
	Claims    []string `json:"claims"`
	Pod       *struct {
		Name string    `json:"name"`
		UID  types.UID `json:"uid"`
	} `json:"pod"`
}

// celCacheSize is the number of compiled expressions that the scheduler keeps.
const celCacheSize = 10

func allocate(ctx context.Context, client kubernetes.Interface, wanted allocateRequest) answer {
	cluster, err := readCluster(ctx, client)
	if err != nil {
		return answer{Error: err.Error()}
	}
	claims, err := cluster.unallocated(wanted)
	if err != nil {
		return answer{Error: err.Error()}
	}
	celCache := cel.NewCache(celCacheSize, cel.Features{EnableConsumableCapacity: features.ConsumableCapacity})
	allocator, err := newAllocator(ctx, cluster, celCache)
	if err != nil {
		return answer{Error: err.Error()}
	}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: wanted.Node}}
	results, err := allocator.Allocate(ctx, node, claims)
	switch {
	case errors.Is(err, structured.ErrFailedAllocationOnNode):
		return answer{Refused: err.Error()}
	case err != nil:
		return answer{Error: err.Error()}
	case len(results) != len(claims):
		return answer{Refused: "cannot allocate all claims"}
	}
	stored := make([]*resourceapi.ResourceClaim, len(claims))
	for index, claim := range claims {
		stored[index], err = store(ctx, client, claim.DeepCopy(), &results[index], wanted)
		if err != nil {
			return answer{Error: err.Error()}
		}
	}
	return answer{Claims: stored}
}

// store writes an allocation as the scheduler does before it binds a pod: first the finalizer that keeps an
// allocated claim, then the status.
func store(ctx context.Context, client kubernetes.Interface, claim *resourceapi.ResourceClaim,
	allocation *resourceapi.AllocationResult, wanted allocateRequest) (*resourceapi.ResourceClaim, error) {
	api := client.ResourceV1().ResourceClaims(claim.Namespace)
	if !slices.Contains(claim.Finalizers, resourceapi.Finalizer) {
		claim.Finalizers = append(claim.Finalizers, resourceapi.Finalizer)
		updated, err := api.Update(ctx, claim, metav1.UpdateOptions{})
		if err != nil {
			return nil, fmt.Errorf("add the finalizer to claim %s: %w", claim.Name, err)
		}
		claim = updated
	}
	claim.Status.Allocation = allocation
	claim.Status.Allocation.AllocationTimestamp = &metav1.Time{Time: time.Now()}
	if wanted.Pod != nil {
		claim.Status.ReservedFor = append(claim.Status.ReservedFor,
			resourceapi.ResourceClaimConsumerReference{Resource: "pods", Name: wanted.Pod.Name, UID: wanted.Pod.UID})
	}
	updated, err := api.UpdateStatus(ctx, claim, metav1.UpdateOptions{})
	if err != nil {
		return nil, fmt.Errorf("write the allocation of claim %s: %w", claim.Name, err)
	}
	return updated, nil
}
