#!/bin/sh
# A selector that compares a quantity with a sum errs where the sum stands on the right of ==, and not on the left.
#
# k8s.io/dynamic-resource-allocation 0.37.2 (cel), the scheduler's evaluator of selectors (0.36.3 does the same), on a device
# whose capacity `size` is 2Gi.
#
# Expected: size == quantity("1Gi").add(quantity("1Gi")) is true, as compareTo(…) == 0 is, and == is the same both ways.
# Seen: it errs ("no such overload"), and the scheduler gives the pod up, as for a missing attribute; with the sum on the
# left it is true, with sums on both sides it errs again, and size in [the sum] is false. add and sub give a pointer to a
# quantity, everything else a quantity, and Equal knows these alone (k8s.io/apiserver/pkg/cel/quantity.go).
#
# Needs Go 1.26 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"

	resourceapi "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/dynamic-resource-allocation/cel"
)

func main() {
	device := cel.Device{
		Driver:   "example.com",
		Capacity: map[resourceapi.QualifiedName]resourceapi.DeviceCapacity{"size": {Value: resource.MustParse("2Gi")}},
	}
	size, sum := `device.capacity["example.com"].size`, `quantity("1Gi").add(quantity("1Gi"))`
	for _, expression := range []string{
		size + ` == quantity("2Gi")`,
		size + `.compareTo(` + sum + `) == 0`,
		sum + ` == ` + size,
		size + ` == ` + sum,
		sum + ` == ` + sum,
		size + ` in [` + sum + `]`,
	} {
		compiled := cel.GetCompiler(cel.Features{}).CompileCELExpression(expression, cel.Options{})
		if compiled.Error != nil {
			panic(compiled.Error)
		}
		matches, _, err := compiled.DeviceMatches(context.Background(), device)
		fmt.Println(matches, err)
	}
}
GO
printf 'module example.com/finding\n\ngo 1.26\n\nrequire k8s.io/dynamic-resource-allocation v0.37.2\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = 'true <nil>
true <nil>
true <nil>
false no such overload
false no such overload
false <nil>' ]
