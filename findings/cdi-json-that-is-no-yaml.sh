#!/bin/sh
# A CDI file of JSON is read as YAML, which has no "\/": a file whose writer escapes slashes is refused as a whole.
#
# tags.cncf.io/container-device-interface 1.1.1 (by go.yaml.in/yaml/v3), and 1.0.1 (by sigs.k8s.io/yaml). The file is what
# a JSON encoder writes that escapes slashes, as json-c's and PHP's do unless they are told not to: "example.com\/class".
#
# Expected: the device. The specification's files are JSON, and RFC 8259 has "\/" for a slash.
# Seen: "yaml: found unknown escape character", and none of the file's devices. The same text without the backslashes is
# taken.
#
# Needs Go 1.25 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"tags.cncf.io/container-device-interface/pkg/cdi"
)

func outcome(text string) string {
	if !json.Valid([]byte(text)) {
		return "no JSON"
	}
	spec, err := cdi.ParseSpec([]byte(text))
	if err != nil {
		return "refused: " + err.Error()
	}
	return "taken: " + spec.Kind
}

func main() {
	text := `{"cdiVersion": "0.6.0", "kind": "example.com\/class", "devices": [
		{"name": "device", "containerEdits": {"env": ["HUGETLBFS=\/dev\/hugepages"]}}]}`
	fmt.Println(outcome(text))
	fmt.Println(outcome(strings.ReplaceAll(text, `\/`, "/")))
}
GO

for version in 1.0.1 1.1.1; do
  printf 'module example.com/finding\n\ngo 1.25\n\nrequire tags.cncf.io/container-device-interface v%s\n' "$version" >go.mod
  rm -f go.sum
  GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
  GOFLAGS=-mod=mod go run . >seen
  sed "s/^/$version: /" seen
  grep -q '^refused: .*yaml: found unknown escape character$' seen
  grep -qx 'taken: example.com/class' seen
done
