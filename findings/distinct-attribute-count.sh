#!/bin/sh
# distinctAttribute does not hold within a request of three devices, before Kubernetes 1.37.
#
# k8s.io/dynamic-resource-allocation 0.36.3, the scheduler's allocator of Kubernetes 1.36.3. A claim asks for three
# devices in one request (count: 3) with distinctAttribute on an attribute. The node has three devices with the values
# 0, 1 and 0.
#
# Expected: no allocation, since there are two distinct values only. 0.37.2 does so.
# Seen: all three are allocated. The constraint remembers one value of each request, so the third device is compared
# with the second alone (structured/internal/incubating/constraint.go).
#
# Needs Go 1.26 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	resourceapi "k8s.io/api/resource/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/dynamic-resource-allocation/cel"
	"k8s.io/dynamic-resource-allocation/structured"
	"k8s.io/utils/ptr"
)

type classes struct{}

func (classes) List() ([]*resourceapi.DeviceClass, error) { return nil, nil }

func (classes) Get(name string) (*resourceapi.DeviceClass, error) {
	return &resourceapi.DeviceClass{ObjectMeta: metav1.ObjectMeta{Name: name}}, nil
}

func device(name string, value int64) resourceapi.Device {
	return resourceapi.Device{
		Name: name,
		Attributes: map[resourceapi.QualifiedName]resourceapi.DeviceAttribute{
			"example.com/numaNode": {IntValue: &value},
		},
	}
}

func main() {
	slice := &resourceapi.ResourceSlice{
		ObjectMeta: metav1.ObjectMeta{Name: "slice"},
		Spec: resourceapi.ResourceSliceSpec{
			Driver:   "example.com",
			NodeName: ptr.To("node"),
			Pool:     resourceapi.ResourcePool{Name: "pool", Generation: 1, ResourceSliceCount: 1},
			Devices:  []resourceapi.Device{device("a", 0), device("b", 1), device("c", 0)},
		},
	}
	claim := &resourceapi.ResourceClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "claim", Namespace: "default"},
		Spec: resourceapi.ResourceClaimSpec{Devices: resourceapi.DeviceClaim{
			Requests: []resourceapi.DeviceRequest{{
				Name: "r",
				Exactly: &resourceapi.ExactDeviceRequest{
					DeviceClassName: "class",
					AllocationMode:  resourceapi.DeviceAllocationModeExactCount,
					Count:           3,
				},
			}},
			Constraints: []resourceapi.DeviceConstraint{{
				DistinctAttribute: ptr.To(resourceapi.FullyQualifiedName("example.com/numaNode")),
			}},
		}},
	}
	features := structured.Features{
		AdminAccess: true, ConsumableCapacity: true, DeviceBindingAndStatus: true, DeviceTaints: true,
		PartitionableDevices: true, PrioritizedList: true,
	}
	state := structured.AllocatedState{
		AllocatedDevices:         sets.New[structured.DeviceID](),
		AllocatedSharedDeviceIDs: sets.New[structured.SharedDeviceID](),
		AggregatedCapacity:       structured.NewConsumedCapacityCollection(),
	}
	ctx := context.Background()
	allocator, err := structured.NewAllocator(ctx, features, state, classes{},
		[]*resourceapi.ResourceSlice{slice}, cel.NewCache(10, cel.Features{EnableConsumableCapacity: true}))
	if err != nil {
		panic(err)
	}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node"}}
	results, err := allocator.Allocate(ctx, node, []*resourceapi.ResourceClaim{claim})
	if err != nil {
		panic(err)
	}
	devices := ""
	for _, result := range results {
		for _, given := range result.Devices.Results {
			devices += " " + given.Device
		}
	}
	if devices == "" {
		devices = " none"
	}
	fmt.Println("given:" + devices)
}
GO

given() {
  printf 'module finding\n\ngo 1.26.0\n\nrequire (\n' >go.mod
  for module in api apimachinery client-go dynamic-resource-allocation; do
    printf '\tk8s.io/%s v0.%s\n' "$module" "$1" >>go.mod
  done
  printf ')\n' >>go.mod
  rm -f go.sum
  go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
  go run .
}

old=$(given 36.3)
new=$(given 37.2)
echo "0.36.3 $old"
echo "0.37.2 $new"
[ "$old" = "given: a b c" ] && [ "$new" = "given: none" ]
