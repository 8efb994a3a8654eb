// Marks the module's root. What is built is chosen by -modfile, one file for each release of Kubernetes.
module dramemory.test/peers/kube_apiserver/kubernetes

go 1.26.0
