// Command cdi plays the container runtime's part for CDI: it reads a directory of specifications with the CDI
// library's own strict parser and injects devices into a container.
//
// It reads one request as JSON from each line of its standard input and answers each with one line of JSON:
//
//	{"directory": "/run/cdi", "devices": ["vendor/class=name"]}
//	→ {"env": ["NAME=VALUE", …], "mounts": [{"destination": "…", …}, …]} | {"error": "…"}
//
// Any specification in the directory that is not valid is an error, whether a device of it is asked for or not.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	oci "github.com/opencontainers/runtime-spec/specs-go"
	"tags.cncf.io/container-device-interface/pkg/cdi"
)

type request struct {
	Directory string   `json:"directory"`
	Devices   []string `json:"devices"`
}

type answer struct {
	Env    []string    `json:"env"`
	Mounts []oci.Mount `json:"mounts"`
	Error  string      `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var given answer
		if container, err := inject(lines.Bytes()); err != nil {
			given.Error = err.Error()
		} else {
			given.Env, given.Mounts = container.Process.Env, container.Mounts
		}
		if err := answers.Encode(given); err != nil {
			fmt.Fprintln(os.Stderr, "cdi:", err)
			os.Exit(1)
		}
	}
}

func inject(line []byte) (*oci.Spec, error) {
	var wanted request
	if err := json.Unmarshal(line, &wanted); err != nil {
		return nil, err
	}
	cache, err := cdi.NewCache(cdi.WithSpecDirs(wanted.Directory), cdi.WithAutoRefresh(false))
	if err != nil {
		return nil, err
	}
	var invalid []error
	for path, found := range cache.GetErrors() {
		invalid = append(invalid, fmt.Errorf("%s: %w", path, errors.Join(found...)))
	}
	if len(invalid) > 0 {
		return nil, errors.Join(invalid...)
	}
	container := &oci.Spec{Process: &oci.Process{}}
	if _, err := cache.InjectDevices(container, wanted.Devices...); err != nil {
		return nil, err
	}
	return container, nil
}
