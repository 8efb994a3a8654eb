#!/bin/sh
# A quantity that is nothing but a unit is 0.
#
# k8s.io/apimachinery 0.37.2, resource.ParseQuantity, by which the API server, the scheduler and the kubelet read every
# quantity: "Gi", "k", "E", "+", ".", "-.Gi".
#
# Expected: errors, as for "" and "e": the message that goes with them wants '^([+-]?[0-9.]+)…', so at least one digit or
# point.
# Seen: 0, without an error. A template that puts "Gi" behind an empty value makes a claim or limit of nothing.
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
	for _, text := range []string{"", "e"} {
		if _, err := resource.ParseQuantity(text); err == nil {
			fmt.Printf("%q is a quantity\n", text)
			os.Exit(1)
		}
	}
	for _, text := range []string{"Gi", "k", "E", "+", ".", "-.Gi"} {
		quantity, err := resource.ParseQuantity(text)
		fmt.Printf("%q: %s, %v\n", text, quantity.String(), err)
		if err != nil || !quantity.IsZero() {
			os.Exit(1)
		}
	}
}
GO
printf 'module example.com/finding\n\ngo 1.26\n\nrequire k8s.io/apimachinery v0.37.2\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 1; }
GOFLAGS=-mod=mod go run .
