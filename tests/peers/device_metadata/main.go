// Command device_metadata plays a program in a container that reads what its claims were given (KEP-5304), with the
// reader that Kubernetes has for that.
//
// It reads one request as JSON from each line of its standard input and answers each with one line of JSON:
//
//	{"text": "<a metadata file>"}
//	→ {"version": "v1beta1", "metadata": {…}} | {"error": "…"}
//
// What the reader's own validation finds is an error as well.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/dynamic-resource-allocation/api/metadata/v1beta1"
	"k8s.io/dynamic-resource-allocation/devicemetadata"
)

type answer struct {
	Version  string                  `json:"version,omitempty"`
	Metadata *v1beta1.DeviceMetadata `json:"metadata,omitempty"`
	Error    string                  `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	answers := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := answers.Encode(read(lines.Bytes())); err != nil {
			fmt.Fprintln(os.Stderr, "device_metadata:", err)
			os.Exit(1)
		}
	}
}

func read(line []byte) answer {
	var request struct{ Text string }
	if err := json.Unmarshal(line, &request); err != nil {
		return answer{Error: err.Error()}
	}
	var found v1beta1.DeviceMetadata
	var invalid error
	var kind schema.GroupVersionKind
	err := devicemetadata.DecodeMetadataFromStream(
		json.NewDecoder(strings.NewReader(request.Text)),
		&found,
		devicemetadata.DecodeMetadataWithValidationResult(&invalid),
		devicemetadata.DecodeMetadataStoreGVKResult(&kind),
	)
	if err == nil {
		err = invalid
	}
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Version: kind.Version, Metadata: &found}
}
