// Marks the module's root. What is built is chosen by -modfile, one file for each version of containerd.
module dramemory.test/peers/containerd

go 1.26.0
