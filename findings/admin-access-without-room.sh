#!/bin/sh
# Admin access to a device that others share is refused when they have used it up.
#
# k8s.io/dynamic-resource-allocation 0.37.2 (0.36.3 does the same), the scheduler's allocator. A device with 8Gi of capacity
# and allowMultipleAllocations has given 6Gi to claims. A claim with adminAccess asks for the device, as a program does
# that watches it.
#
# Expected: the device. "They ignore all ordinary claims to the device with respect to access modes and any resource
# allocations" (adminAccess of ExactDeviceRequest), as it is with a device that is not shared and is given away.
# Seen: no allocation, since without a capacity of its own the claim wants all 8Gi; with 2Gi in its capacity.requests it is
# allocated, and with 3Gi not. What such claims consume is told in their status, and counted against nobody.
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
	"k8s.io/apimachinery/pkg/api/resource"
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

func allocated(shared bool, size string) bool {
	device := resourceapi.Device{Name: "device"}
	id := structured.MakeDeviceID("example.com", "pool", device.Name)
	state := structured.AllocatedState{
		AllocatedDevices:         sets.New[structured.DeviceID](),
		AllocatedSharedDeviceIDs: sets.New[structured.SharedDeviceID](),
		AggregatedCapacity:       structured.NewConsumedCapacityCollection(),
	}
	if shared {
		device.AllowMultipleAllocations = ptr.To(true)
		device.Capacity = map[resourceapi.QualifiedName]resourceapi.DeviceCapacity{"size": {Value: resource.MustParse("8Gi")}}
		state.AggregatedCapacity.Insert(structured.NewDeviceConsumedCapacity(id,
			map[resourceapi.QualifiedName]resource.Quantity{"size": resource.MustParse("6Gi")}))
	} else {
		state.AllocatedDevices.Insert(id)
	}
	request := &resourceapi.ExactDeviceRequest{
		DeviceClassName: "class", AllocationMode: resourceapi.DeviceAllocationModeExactCount, Count: 1,
		AdminAccess: ptr.To(true),
	}
	if size != "" {
		request.Capacity = &resourceapi.CapacityRequirements{
			Requests: map[resourceapi.QualifiedName]resource.Quantity{"size": resource.MustParse(size)},
		}
	}
	claim := &resourceapi.ResourceClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "claim", Namespace: "default"},
		Spec: resourceapi.ResourceClaimSpec{Devices: resourceapi.DeviceClaim{
			Requests: []resourceapi.DeviceRequest{{Name: "r", Exactly: request}},
		}},
	}
	slice := &resourceapi.ResourceSlice{
		ObjectMeta: metav1.ObjectMeta{Name: "slice"},
		Spec: resourceapi.ResourceSliceSpec{
			Driver: "example.com", NodeName: ptr.To("node"), Devices: []resourceapi.Device{device},
			Pool: resourceapi.ResourcePool{Name: "pool", Generation: 1, ResourceSliceCount: 1},
		},
	}
	ctx := context.Background()
	allocator, err := structured.NewAllocator(ctx, structured.Features{AdminAccess: true, ConsumableCapacity: true},
		state, classes{}, []*resourceapi.ResourceSlice{slice},
		cel.NewCache(10, cel.Features{EnableConsumableCapacity: true}))
	if err != nil {
		panic(err)
	}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node"}}
	results, err := allocator.Allocate(ctx, node, []*resourceapi.ResourceClaim{claim})
	if err != nil {
		panic(err)
	}
	return len(results) > 0
}

func main() {
	fmt.Println("given away:", allocated(false, ""), "shared:", allocated(true, ""),
		"with 2Gi:", allocated(true, "2Gi"), "with 3Gi:", allocated(true, "3Gi"))
}
GO

outcome() {
  printf 'module finding\n\ngo 1.26.0\n\nrequire (\n' >go.mod
  for module in api apimachinery client-go dynamic-resource-allocation; do
    printf '\tk8s.io/%s v0.%s\n' "$module" "$1" >>go.mod
  done
  printf ')\n' >>go.mod
  rm -f go.sum
  go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
  go run .
}
for version in 36.3 37.2; do
  seen=$(outcome "$version")
  echo "0.$version: $seen"
  [ "$seen" = "given away: true shared: false with 2Gi: true with 3Gi: false" ]
done
