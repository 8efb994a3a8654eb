#!/bin/sh
# What Go's module proxy has as CRI-O v1.34.0 is not the release of that name.
#
# github.com/cri-o/cri-o v1.34.0, `go mod download -json`. The repository's tag v1.34.0 is commit d91a44970 of
# 2025-09-10, with NRI 0.10 and a validator that can require plugins (`nri_enable_default_validator`, in the
# configuration since 2025-08-20).
#
# Expected: that.
# Seen: commit 5dd0877c9 of 2025-05-14, the day before v1.33.0, which calls itself 1.34.0 all the same, with what 1.33
# has of NRI and without that validator. A module's version never changes once it was asked for, so that a tag that was
# moved later is not seen. `crio --version` of such a build does not tell that it lacks what 1.34 has.
#
# Needs Go and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

printf 'module example.com/finding\n\ngo 1.24\n' >go.mod
GOFLAGS=-mod=mod go mod download -json github.com/cri-o/cri-o@v1.34.0 >module.json
sources=$(sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' module.json)
commit=$(sed -n 's/^\t\t"Hash": "\(.*\)",\{0,1\}$/\1/p' module.json)
says=$(sed -n 's/^const Version = "\(.*\)"$/\1/p' "$sources/internal/version/version.go")
nri=$(sed -n 's|^\tgithub.com/containerd/nri \(.*\)$|\1|p' "$sources/go.mod")
validator=no
grep -rq nri_enable_default_validator "$sources" && validator=yes
echo "commit $commit says $says, has NRI $nri; the validator: $validator"
[ "$commit" = 5dd0877c91adb0d2b253f8009d12bb6531ca0104 ] && [ "$says" = 1.34.0 ] && [ "$validator" = no ]
