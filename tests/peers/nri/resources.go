package main

import "github.com/containerd/nri/pkg/api"

// adjust gives a container what a plugin asked for at its creation, as far as the tests look at it: NUMA nodes and
// hugepage limits.
func adjust(container *api.Container, adjustment *api.ContainerAdjustment) {
	merge(container, adjustment.GetLinux().GetResources())
}

// apply carries updates of containers out.
func (r *runtime) apply(updates []*api.ContainerUpdate) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, update := range updates {
		for _, container := range r.containers {
			if container.Id == update.ContainerId {
				merge(container, update.GetLinux().GetResources())
			}
		}
	}
}

func merge(container *api.Container, from *api.LinuxResources) {
	if container.Linux == nil {
		container.Linux = &api.LinuxContainer{}
	}
	if container.Linux.Resources == nil {
		container.Linux.Resources = &api.LinuxResources{}
	}
	to := container.Linux.Resources
	if mems := from.GetCpu().GetMems(); mems != "" {
		if to.Cpu == nil {
			to.Cpu = &api.LinuxCPU{}
		}
		to.Cpu.Mems = mems
	}
	for _, limit := range from.GetHugepageLimits() {
		setLimit(to, limit)
	}
}

func setLimit(resources *api.LinuxResources, limit *api.HugepageLimit) {
	for _, existing := range resources.HugepageLimits {
		if existing.PageSize == limit.PageSize {
			existing.Limit = limit.Limit
			return
		}
	}
	resources.HugepageLimits = append(resources.HugepageLimits,
		&api.HugepageLimit{PageSize: limit.PageSize, Limit: limit.Limit})
}
