#!/bin/sh
# containerd 2.0 to 2.2 pass over the CRI table of a configuration file that names no version.
#
# containerd 2.2.9, `containerd config dump` (2.0.14 does the same). The file has one table and no `version`:
#
#   [plugins."io.containerd.grpc.v1.cri"]
#     enable_cdi = false
#
# Expected: a file without a version is one of an old version, whose tables are migrated: CDI is off. 1.7.35 and 2.3.4
# do so ("migrated from version 0").
# Seen: the file is taken for one of version 3, which has no such table: its keys are left out with a warning ("Ignoring
# unknown key in TOML for plugin"), and CDI is on. With `version = 2` as its first line the same file turns CDI off.
#
# Needs Go 1.24 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

printf 'module example.com/finding\n\ngo 1.24\n' >go.mod
GOFLAGS=-mod=mod go get github.com/containerd/containerd/v2/cmd/containerd@v2.2.9 >/dev/null 2>&1
GOFLAGS=-mod=mod go build -o containerd github.com/containerd/containerd/v2/cmd/containerd

printf '[plugins."io.containerd.grpc.v1.cri"]\n  enable_cdi = false\n' >unversioned.toml
{ echo 'version = 2'; cat unversioned.toml; } >versioned.toml

cdi() {
  ./containerd --config "$1" config dump 2>>warnings | sed -n 's/^ *enable_cdi = //p'
}
without=$(cdi unversioned.toml)
with=$(cdi versioned.toml)
echo "without a version: enable_cdi = $without; with version = 2: enable_cdi = $with"
grep -o 'Ignoring unknown key in TOML for plugin.*' warnings
[ "$without" = true ] && [ "$with" = false ]
