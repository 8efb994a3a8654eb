// Command node plays the kubelet's and the container runtime's part for one driver, with their own libraries, and
// measures the driver's answers: gRPC over the plugin's sockets, NRI's adaptation, and the CDI cache.
//
// It reads one command as JSON from each line of its standard input and answers each with one line of JSON, in order:
// {"reply": …} or {"error": "…"}. Times are in nanoseconds.
//
//	{"listen": {"nriSocket": "/run/nri.sock", "registry": "/kubelet/plugins_registry", "cdi": "/run/cdi"}}   → {}
//	{"call": {"prepare": true, "claims": [{"namespace": "…", "uid": "…", "name": "…"}], "width": 64}}
//	                                                 → {"took": [one of each claim], "all": from first to last}
//	{"create": {"containers": [{"id": "…", "pod": {"name": "…", "uid": "…"}, "env": ["A=B"], "claim": "uid"}],
//	            "pause": 1000000, "meanwhile": {"claims": […], "width": 1, "every": 10000000}}}
//	                    one after the other, and removed again, while claims are prepared  → {"took": [of each]}
//
// A claim's devices are those that it was prepared with last. Lines with the key "event" come by themselves, with the
// time since 1970:
//
//	{"event": "registered", "at": 1}                 the kubelet's side has accepted the plugin
//	{"event": "synchronized", "at": 1}               the runtime's side has synchronized it
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"
)

const maxLineBytes = 64 << 20

type listenOptions struct {
	NRISocket string `json:"nriSocket"`
	Registry  string `json:"registry"`
	CDI       string `json:"cdi"`
}

func main() {
	out := &output{encoder: json.NewEncoder(os.Stdout)}
	node := &node{out: out, kubelet: newKubelet(out)}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, maxLineBytes)
	for lines.Scan() {
		reply, err := node.execute(lines.Bytes())
		if err != nil {
			out.write(map[string]any{"error": err.Error()})
		} else {
			out.write(map[string]any{"reply": reply})
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "node:", err)
		os.Exit(1)
	}
}

type node struct {
	out     *output
	kubelet *kubelet
	runtime *runtime
}

// execute runs the one command of a line.
func (n *node) execute(line []byte) (any, error) {
	var command struct {
		Listen *listenOptions `json:"listen"`
		Call   *callOptions   `json:"call"`
		Create *createOptions `json:"create"`
	}
	if err := json.Unmarshal(line, &command); err != nil {
		return nil, err
	}
	switch {
	case command.Listen != nil:
		return struct{}{}, n.listen(*command.Listen)
	case command.Call != nil:
		return n.kubelet.call(*command.Call)
	case command.Create != nil:
		return n.runtime.create(*command.Create, n.kubelet)
	default:
		return nil, fmt.Errorf("unknown command: %.200s", line)
	}
}

func (n *node) listen(options listenOptions) (err error) {
	if n.runtime, err = newRuntime(options.NRISocket, options.CDI, n.out); err != nil {
		return err
	}
	return n.kubelet.watch(options.Registry)
}

// output writes one value as JSON to each line of the standard output, from any goroutine.
type output struct {
	mutex   sync.Mutex
	encoder *json.Encoder
}

func (o *output) write(value map[string]any) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.encoder.Encode(value); err != nil {
		fmt.Fprintln(os.Stderr, "node:", err)
		os.Exit(1)
	}
}

func (o *output) event(name string) {
	o.write(map[string]any{"event": name, "at": time.Now().UnixNano()})
}
