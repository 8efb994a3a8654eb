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
//
// Without a kubeconfig it only judges clusters that are given to it whole, see judge.go:
//
//	{"judge": {"slices": […], "classes": […], "claims": […], "wanted": [<ResourceClaim>, …], "nodes": ["n1", …]}}
//	→ {"verdicts": [{"fits": true, "devices": ["r=n1/memory:memory-numa0=1Gi", …]} | {"error": "…"}, …]}
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

// maxLineBytes is more than a generated cluster takes.
const maxLineBytes = 64 << 20

type request struct {
	Allocate *allocateRequest `json:"allocate"`
	Release  *releaseRequest  `json:"release"`
	Judge    *judgeRequest    `json:"judge"`
}

type answer struct {
	Claims   []*resourceapi.ResourceClaim `json:"claims,omitempty"`
	Verdicts []verdict                    `json:"verdicts,omitempty"`
	Refused  string                       `json:"refused,omitempty"`
	Error    string                       `json:"error,omitempty"`
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
	client, err := connect(kubeconfig)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, maxLineBytes)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := answers.Encode(handle(client, timeout, lines.Bytes())); err != nil {
			return err
		}
	}
	return lines.Err()
}

// connect makes a client, or none where there is nothing to talk to.
func connect(kubeconfig string) (kubernetes.Interface, error) {
	if kubeconfig == "" {
		return nil, nil
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	return kubernetes.NewForConfig(config)
}

func handle(client kubernetes.Interface, timeout time.Duration, line []byte) answer {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var wanted request
	if err := json.Unmarshal(line, &wanted); err != nil {
		return answer{Error: err.Error()}
	}
	switch {
	case wanted.Judge != nil:
		return judge(ctx, *wanted.Judge)
	case client == nil:
		return answer{Error: "without a kubeconfig there is only judge"}
	case wanted.Allocate != nil:
		return allocate(ctx, client, *wanted.Allocate)
	case wanted.Release != nil:
		return release(ctx, client, *wanted.Release)
	default:
		return answer{Error: "the request is none of allocate, release and judge"}
	}
}
