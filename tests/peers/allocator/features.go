package main

import "k8s.io/dynamic-resource-allocation/structured"

// features are those that the schedulers since Kubernetes 1.36 turn on by default.
var features = structured.Features{
	AdminAccess:            true,
	ConsumableCapacity:     true,
	DeviceBindingAndStatus: true,
	DeviceTaints:           true,
	PartitionableDevices:   true,
	PrioritizedList:        true,
}
