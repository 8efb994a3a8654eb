// Command allocator plays the scheduler's part for ResourceClaims: it lists slices, classes and claims from a
// real API server, lets the scheduler's own allocator decide, and writes the outcome into the claims' status.
//
// It reads one request as JSON from each line of its standard input and answers each with one line of JSON:
//
//	{"allocate": {"node": "n1", "namespace": "default", "claims": ["a"], "pod": {"name": "p", "uid": "…"}}}
//	→ {"claims": [<ResourceClaim>, …]} | {"refused": "…"} | {"error": "…"}
//
//	{"release": {"namespace": "default", "claim": "a"}}
//	→ {} | {"error": "…"}
//
// All claims of a request are allocated together or not at all. Without a pod nothing is reserved.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	resourceapi "k8s.io/api/resource/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

type request struct {
	Allocate *allocateRequest `json:"allocate"`
	Release  *releaseRequest  `json:"release"`
}

type answer struct {
	Claims  []*resourceapi.ResourceClaim `json:"claims,omitempty"`
	Refused string                       `json:"refused,omitempty"`
	Error   string                       `json:"error,omitempty"`
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "the API server to talk to")
	timeout := flag.Duration("timeout", 20*time.Second, "the longest that one request may take")
	flag.Parse()
	if err := serve(*kubeconfig, *timeout); err != nil {
		fmt.Fprintln(os.Stderr, "allocator:", err)
		os.Exit(1)
	}
}

func serve(kubeconfig string, timeout time.Duration) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.QPS = -1
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := answers.Encode(handle(client, timeout, lines.Bytes())); err != nil {
			return err
		}
	}
	return lines.Err()
}

func handle(client kubernetes.Interface, timeout time.Duration, line []byte) answer {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var wanted request
	if err := json.Unmarshal(line, &wanted); err != nil {
		return answer{Error: err.Error()}
	}
	switch {
	case wanted.Allocate != nil:
		return allocate(ctx, client, *wanted.Allocate)
	case wanted.Release != nil:
		return release(ctx, client, *wanted.Release)
	default:
		return answer{Error: "the request is neither allocate nor release"}
	}
}
