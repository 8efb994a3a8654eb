#!/bin/sh
# Which file of the kubelet's configuration sets evictionHard decides whether the kubelet still evicts for memory.
#
# k8s.io/kubernetes 1.37.2, cmd/kubelet/app, by which the kubelet reads its file (--config) and the drop-ins (--config-dir).
# One of them says evictionHard: { nodefs.available: 5% }.
#
# Expected: the same of both. What is said of one signal replaces what the kubelet has by default, memory.available<100Mi
# with it, unless mergeDefaultEvictionSettings is true, wherever that stands ("If not set, disables merging with default").
# Seen: said in the file it does replace it, and nothing is evicted for memory. Said in a drop-in it is added, and 100Mi
# stays: the file's defaults are filled in before the drop-ins are merged. For the same reason
# mergeDefaultEvictionSettings: true in a drop-in changes nothing.
#
# Needs Go 1.26 and the module proxy; compiles for some minutes. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	_ "unsafe"

	_ "k8s.io/kubernetes/cmd/kubelet/app"
	"k8s.io/kubernetes/pkg/kubelet/apis/config"
)

//go:linkname loadConfigFile k8s.io/kubernetes/cmd/kubelet/app.loadConfigFile
func loadConfigFile(ctx context.Context, name string) (*config.KubeletConfiguration, error)

//go:linkname mergeKubeletConfigurations k8s.io/kubernetes/cmd/kubelet/app.mergeKubeletConfigurations
func mergeKubeletConfigurations(configuration *config.KubeletConfiguration, directory string) ([]string, error)

func evictsAt(directory, file, dropIn string) string {
	drops := filepath.Join(directory, "conf.d")
	for path, text := range map[string]string{filepath.Join(directory, "config.yaml"): file, filepath.Join(drops, "10.conf"): dropIn} {
		text = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n" + text
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			panic(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			panic(err)
		}
	}
	configuration, err := loadConfigFile(context.Background(), filepath.Join(directory, "config.yaml"))
	if err != nil {
		panic(err)
	}
	if _, err := mergeKubeletConfigurations(configuration, drops); err != nil {
		panic(err)
	}
	if at, found := configuration.EvictionHard["memory.available"]; found {
		return at
	}
	return "never"
}

func main() {
	const nodefs, merge = "evictionHard: { nodefs.available: 5% }\n", "mergeDefaultEvictionSettings: true\n"
	for _, each := range [][2]string{{"", ""}, {nodefs, ""}, {"", nodefs}, {nodefs + merge, ""}, {nodefs, merge}} {
		directory, err := os.MkdirTemp(".", "kubelet")
		if err != nil {
			panic(err)
		}
		fmt.Println(evictsAt(directory, each[0], each[1]))
	}
}
GO

# The parts of Kubernetes are modules that its own go.mod replaces.
printf 'module example.com/finding\n\ngo 1.26.0\n' >go.mod
parts=$(GOFLAGS=-mod=mod go mod download -json k8s.io/kubernetes@v1.37.2 |
	sed -n 's/.*"GoMod": "\(.*\)".*/\1/p' | xargs sed -n 's|^\t\(k8s.io/[^ ]*\) => ./staging.*|\1|p')
for part in $parts; do go mod edit -replace "$part=$part@v0.37.2"; done
GOFLAGS=-mod=mod go get k8s.io/kubernetes@v1.37.2 >/dev/null 2>&1
touch empty.s # lets a function be declared without a body
seen=$(GOFLAGS=-mod=mod go run . | paste -sd,)
echo "memory.available with neither, the file, the drop-in; the file and merging in the file, in the drop-in: $seen"
[ "$seen" = 100Mi,never,100Mi,100Mi,never ]
