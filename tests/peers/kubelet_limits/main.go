// Command kubelet_limits plays the part of the kubelet that decides which hugetlb limits the cgroups of a pod and of its
// containers get, with the kubelet's own code.
//
// It reads one request as JSON from each line of its standard input and answers each with one line of JSON, sizes in
// bytes:
//
//	{"pod": {…a Pod, with its status…}, "counting": <whether the feature gate DRANodeAllocatableResources is on>}
//	→ {"pod": {"2097152": 8388608}, "containers": {"main": {"2MB": 8388608}}}
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	v1 "k8s.io/api/core/v1"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	resourcehelper "k8s.io/component-helpers/resource"
	"k8s.io/kubernetes/pkg/features"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	"k8s.io/kubernetes/pkg/kubelet/kuberuntime"
)

type answer struct {
	Pod        map[int64]int64              `json:"pod,omitempty"`
	Containers map[string]map[string]uint64 `json:"containers,omitempty"`
	Error      string                       `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := answers.Encode(limits(lines.Bytes())); err != nil {
			fmt.Fprintln(os.Stderr, "kubelet_limits:", err)
			os.Exit(1)
		}
	}
}

func limits(line []byte) answer {
	var request struct {
		Pod      v1.Pod
		Counting bool
	}
	if err := json.Unmarshal(line, &request); err != nil {
		return answer{Error: err.Error()}
	}
	gate := fmt.Sprintf("%s=%t", features.DRANodeAllocatableResources, request.Counting)
	if err := utilfeature.DefaultMutableFeatureGate.Set(gate); err != nil {
		return answer{Error: err.Error()}
	}
	pod := &request.Pod
	found := answer{
		Pod:        cm.ResourceConfigForPod(pod, true, 100000, false, "").HugePageLimit,
		Containers: map[string]map[string]uint64{},
	}
	for _, container := range pod.Spec.Containers {
		claimed := v1.ResourceList{}
		if request.Counting {
			claimed = resourcehelper.GetContainerDRAAllocations(pod, container.Name)
		}
		sizes := map[string]uint64{}
		for _, limit := range kuberuntime.GetHugepageLimitsFromResources(context.Background(), pod, container.Resources, claimed) {
			sizes[limit.PageSize] = limit.Limit
		}
		found.Containers[container.Name] = sizes
	}
	return found
}
