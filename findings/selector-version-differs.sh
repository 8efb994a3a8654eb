#!/bin/sh
# A selector that compares a version attribute with a text errs for ==, and is true for !=, whatever the version is.
#
# k8s.io/dynamic-resource-allocation 0.37.2 (cel), the scheduler's evaluator of selectors, on a device whose attribute
# example.com/firmware is the version 1.2.3.
#
# Expected: the same error for both, or the comparison of what is written.
# Seen: firmware == "1.2.3" errs ("no such overload"), and so does firmware in ["1.2.3"] ("internal error: runtime error:
# hash of unhashable type cel.Semver"); firmware != "1.2.3" is true, and so it chooses the very devices that it was to leave
# out; "1.2.3" == firmware is false. For cel-go's != everything is different whose Equal does not say true, an error too.
# With semver("1.2.3") all of them are right.
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
	version := "1.2.3"
	device := cel.Device{
		Driver: "example.com",
		Attributes: map[resourceapi.QualifiedName]resourceapi.DeviceAttribute{
			"firmware": {VersionValue: &version},
		},
	}
	same := true
	look := func(wanted, expression string) {
		result := cel.GetCompiler(cel.Features{}).CompileCELExpression(expression, cel.Options{})
		if result.Error != nil {
			fmt.Println(expression, "does not compile:", result.Error)
			os.Exit(1)
		}
		matches, _, err := result.DeviceMatches(context.Background(), device)
		seen := fmt.Sprint(matches)
		if err != nil {
			seen = "error"
		}
		fmt.Printf("%s: %s %v\n", expression, seen, err)
		same = same && seen == wanted
	}
	firmware := `device.attributes["example.com"].firmware`
	look("error", firmware+` == "1.2.3"`)
	look("error", firmware+` in ["1.2.3"]`)
	look("true", firmware+` != "1.2.3"`)
	look("false", `"1.2.3" == `+firmware)
	look("true", firmware+` == semver("1.2.3")`)
	look("false", firmware+` != semver("1.2.3")`)
	if !same {
		os.Exit(1)
	}
}
GO
printf 'module example.com/finding\n\ngo 1.26\n\nrequire k8s.io/dynamic-resource-allocation v0.37.2\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 1; }
GOFLAGS=-mod=mod go run .
