#!/bin/sh
# Two CDI files of /etc/cdi that name the same device take it away from a file of /var/run/cdi, which goes before both.
#
# tags.cncf.io/container-device-interface 1.1.1 (containerd's and CRI-O's CDI library), and 1.0.1. Two directories; the
# device example.com/class=device stands in two files of the lower one and in one file of the higher one.
#
# Expected: the higher directory's device, as where the lower one has the device once: a conflict is for devices of the
# same directory.
# Seen: no device, "unresolvable CDI devices example.com/class=device", and errors that name the two lower files alone. A
# name that was in conflict anywhere is deleted when all directories have been read (Cache.refresh).
#
# Needs Go 1.25 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	oci "github.com/opencontainers/runtime-spec/specs-go"
	"tags.cncf.io/container-device-interface/pkg/cdi"
)

func write(path, value string) {
	text := fmt.Sprintf(`{"cdiVersion": "0.6.0", "kind": "example.com/class",
		"devices": [{"name": "device", "containerEdits": {"env": ["FROM=%s"]}}]}`, value)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		panic(err)
	}
}

func injected() string {
	cache, _ := cdi.NewCache(cdi.WithSpecDirs("etc", "run"), cdi.WithAutoRefresh(false))
	spec := &oci.Spec{}
	if _, err := cache.InjectDevices(spec, "example.com/class=device"); err != nil {
		return err.Error()
	}
	return spec.Process.Env[0]
}

func main() {
	for _, name := range []string{"etc", "run"} {
		if err := os.MkdirAll(name, 0o755); err != nil {
			panic(err)
		}
	}
	write("etc/a.json", "etc")
	write("run/c.json", "run")
	once := injected()
	write("etc/b.json", "etc")
	fmt.Printf("%s; %s\n", once, injected())
}
GO

outcome() {
  printf 'module example.com/finding\n\ngo 1.25\n\nrequire tags.cncf.io/container-device-interface v%s\n' "$1" >go.mod
  rm -rf go.sum etc run
  GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
  GOFLAGS=-mod=mod go run .
}
seen='FROM=run; unresolvable CDI devices example.com/class=device'
for version in 1.0.1 1.1.1; do
  now=$(outcome "$version")
  echo "$version: $now"
  [ "$now" = "$seen" ]
done
