//go:build kubernetes37 || kubernetes38

package main

// On by default since Kubernetes 1.37.
func init() {
	features.FractionalCapacityRange = true
}
