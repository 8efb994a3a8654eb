// Command nri plays the container runtime's part for NRI plugins, on the runtimes' own NRI library.
//
// It reads one command as JSON from each line of its standard input and answers each with one line of JSON, in order:
// {"reply": …} or {"error": "…"}. Pods, containers, resources and replies are the messages of NRI's api.proto in
// protobuf's JSON form; fields that this version of NRI does not know are left out.
//
//	{"listen": {"socket": "/run/nri.sock", "runtimeName": "containerd", "runtimeVersion": "v2.2.0",
//	            "requestTimeoutMs": 2000, "pluginPath": "/opt/nri/plugins"}}       → {}
//	{"state": {"pods": […], "containers": […]}}    what there is, for plugins that connect         → {}
//	{"runPod": PodSandbox}                                                         → {}
//	{"createContainer": Container}                 its pod is that of podSandboxId → CreateContainerResponse
//	{"startContainer": "<id>"}                                                     → {}
//	{"updateContainer": {"id": "…", "resources": LinuxResources}}                  → UpdateContainerResponse
//	{"stopContainer": "<id>"}                                                      → StopContainerResponse
//	{"removeContainer": "<id>"}                                                    → {}
//	{"stopPod": "<id>"}, {"removePod": "<id>"}                                     → {}
//	{"dump": {}}                                   what there is now       → {"pods": […], "containers": […]}
//
// Lines with the key "event" come by themselves:
//
//	{"event": "registered", "request": RegisterPluginRequest}
//	{"event": "configured", "reply": ConfigureResponse}
//	{"event": "synchronized", "messages": 3, "updates": [ContainerUpdate, …]}
//	{"event": "failed", "reason": "…"}             a plugin could not be started or synchronized
//	{"event": "disconnected", "reason": "…"}
//	{"event": "unsolicited", "updates": [ContainerUpdate, …]}
//
// Containers keep what plugins gave them, so that the next synchronization tells it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

const maxLineBytes = 64 << 20

func main() {
	out := newOutput()
	runtime := newRuntime(out)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, maxLineBytes)
	for lines.Scan() {
		reply, err := runtime.execute(lines.Bytes())
		if err != nil {
			out.write(map[string]any{"error": err.Error()})
		} else {
			out.write(map[string]any{"reply": reply})
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "nri:", err)
		os.Exit(1)
	}
}

// execute runs the one command of a line.
func (r *runtime) execute(line []byte) (any, error) {
	var command struct {
		Listen          *listenOptions  `json:"listen"`
		State           *state          `json:"state"`
		RunPod          json.RawMessage `json:"runPod"`
		CreateContainer json.RawMessage `json:"createContainer"`
		StartContainer  string          `json:"startContainer"`
		UpdateContainer *updateCommand  `json:"updateContainer"`
		StopContainer   string          `json:"stopContainer"`
		RemoveContainer string          `json:"removeContainer"`
		StopPod         string          `json:"stopPod"`
		RemovePod       string          `json:"removePod"`
		Dump            *struct{}       `json:"dump"`
	}
	if err := json.Unmarshal(line, &command); err != nil {
		return nil, err
	}
	switch {
	case command.Listen != nil:
		return nothing, r.listen(*command.Listen)
	case command.State != nil:
		return nothing, r.setState(*command.State)
	case command.RunPod != nil:
		return nothing, r.runPod(command.RunPod)
	case command.CreateContainer != nil:
		return r.createContainer(command.CreateContainer)
	case command.StartContainer != "":
		return nothing, r.startContainer(command.StartContainer)
	case command.UpdateContainer != nil:
		return r.updateContainer(*command.UpdateContainer)
	case command.StopContainer != "":
		return r.stopContainer(command.StopContainer)
	case command.RemoveContainer != "":
		return nothing, r.removeContainer(command.RemoveContainer)
	case command.StopPod != "":
		return nothing, r.stopPod(command.StopPod)
	case command.RemovePod != "":
		return nothing, r.removePod(command.RemovePod)
	case command.Dump != nil:
		return r.dump(), nil
	default:
		return nil, fmt.Errorf("unknown command: %.200s", line)
	}
}

var nothing = struct{}{}
