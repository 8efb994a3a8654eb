#!/bin/sh
# Whether a quantity is an integer goes by how it is written: 99Ti is one, 100Ti is none.
#
# k8s.io/apimachinery 0.37.2, Quantity.AsInt64, which is what isInteger() and asInteger() are in the selectors of claims and
# classes (k8s.io/apiserver/pkg/cel/library/quantity.go).
#
# Expected: an integer for every whole number below 2^63.
# Seen: none for 100Ti, 100000Gi, 1Pi, 1.0, 1000m and 0.5Ki; one for 99Ti, 99999Gi, 1P, 1 and 9E. The short form of a
# parsed quantity is kept for so few digits and so small a binary suffix that it cannot overflow, and AsInt64 looks at no
# other. A selector with device.capacity[…].size.asInteger() works until a node has 100Ti, and errs there.
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
	"os"

	"k8s.io/apimachinery/pkg/api/resource"
)

func main() {
	same := true
	look := func(wanted bool, texts ...string) {
		for _, text := range texts {
			quantity := resource.MustParse(text)
			number, isInteger := quantity.AsInt64()
			fmt.Printf("%s: %d bytes, AsInt64 %d, %t\n", text, quantity.Value(), number, isInteger)
			same = same && isInteger == wanted
		}
	}
	look(true, "99Ti", "99999Gi", "1P", "1", "9E")
	look(false, "100Ti", "100000Gi", "1Pi", "1.0", "1000m", "0.5Ki")
	if !same {
		os.Exit(1)
	}
}
GO
printf 'module example.com/finding\n\ngo 1.26\n\nrequire k8s.io/apimachinery v0.37.2\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 1; }
GOFLAGS=-mod=mod go run .
