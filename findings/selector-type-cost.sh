#!/bin/sh
# A selector that asks for the type of an attribute costs too much for the API server, though it costs next to nothing.
#
# k8s.io/dynamic-resource-allocation 0.37.2 (cel), by which the API server and the scheduler compile selectors, and the
# bound of what one may cost (1000000, k8s.io/api/resource/v1). An attribute may have another type with each driver, so a
# selector asks: type(device.attributes["example.com"].firmware) == string.
#
# Expected: an estimate of some ten, as for comparing the attribute itself (5).
# Seen: 1844674407370955270, the actual cost is 6. The API server forbids such claims and classes ("too complex"), also
# where both types are known before: type(1) == int has 1844674407370955266. What has a type for a value is taken to be as
# large as anything can be. `a == "x"` needs no type: it is false for others.
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
	"os"

	resourceapi "k8s.io/api/resource/v1"
	"k8s.io/dynamic-resource-allocation/cel"
)

func main() {
	text := "one"
	device := cel.Device{
		Driver:     "example.com",
		Attributes: map[resourceapi.QualifiedName]resourceapi.DeviceAttribute{"firmware": {StringValue: &text}},
	}
	same := true
	look := func(tooMuch bool, expression string) {
		compiled := cel.GetCompiler(cel.Features{}).CompileCELExpression(expression, cel.Options{})
		if compiled.Error != nil {
			fmt.Println(expression, "does not compile:", compiled.Error)
			os.Exit(1)
		}
		matches, details, err := compiled.DeviceMatches(context.Background(), device)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s: %t, cost %d, estimate %d\n", expression, matches, *details.ActualCost(), compiled.MaxCost)
		same = same && matches && *details.ActualCost() < 10 &&
			tooMuch == (compiled.MaxCost > resourceapi.CELSelectorExpressionMaxCost)
	}
	firmware := `device.attributes["example.com"].firmware`
	look(false, firmware+` == "one"`)
	look(false, firmware+` != 1`)
	look(true, `type(`+firmware+`) == string`)
	look(true, `type(1) == int`)
	if !same {
		os.Exit(1)
	}
}
GO
printf 'module example.com/finding\n\ngo 1.26\n\nrequire k8s.io/dynamic-resource-allocation v0.37.2\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 1; }
GOFLAGS=-mod=mod go run .
