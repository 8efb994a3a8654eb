#!/bin/sh
# A selector may say that a capacity is a certain quantity, and may not say that it is another one: != costs too much.
#
# k8s.io/dynamic-resource-allocation 0.37.2 (cel), by which the API server estimates what a selector costs (0.36.3 does the
# same), and the bound for it (1000000, k8s.io/api/resource/v1).
#
# Expected: some six for size == quantity("1Gi") and for size != quantity("1Gi"), which compare the same two values once.
# Seen: 6 and 1844674407370955269, so that the API server forbids the second ("too complex"). !(size == quantity("1Gi")) is
# the same and has 7. The estimator of k8s.io/apiserver knows quantities for `==` alone (EstimateCallCost of
# pkg/cel/library/cost.go), and takes them to be as large as anything can be elsewhere; semver("1.0.0") != semver("2.0.0")
# as well, while the version of an attribute, whose type is not known before, may be compared either way.
#
# Needs Go 1.26 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"fmt"

	resourceapi "k8s.io/api/resource/v1"
	"k8s.io/dynamic-resource-allocation/cel"
)

func main() {
	for _, expression := range []string{
		`device.capacity["example.com"].size == quantity("1Gi")`,
		`!(device.capacity["example.com"].size == quantity("1Gi"))`,
		`device.attributes["example.com"].firmware != semver("1.0.0")`,
		`device.capacity["example.com"].size != quantity("1Gi")`,
		`semver("1.0.0") != semver("2.0.0")`,
	} {
		compiled := cel.GetCompiler(cel.Features{}).CompileCELExpression(expression, cel.Options{})
		if compiled.Error != nil {
			panic(compiled.Error)
		}
		fmt.Println(compiled.MaxCost > resourceapi.CELSelectorExpressionMaxCost, compiled.MaxCost)
	}
}
GO
printf 'module example.com/finding\n\ngo 1.26\n\nrequire k8s.io/dynamic-resource-allocation v0.37.2\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$(echo "$seen" | cut -d' ' -f1 | paste -sd' ')" = 'false false false true true' ]
