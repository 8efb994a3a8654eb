package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// output writes one value as JSON to each line of the standard output, from any goroutine.
type output struct {
	mutex   sync.Mutex
	encoder *json.Encoder
}

func newOutput() *output {
	return &output{encoder: json.NewEncoder(os.Stdout)}
}

func (o *output) write(value map[string]any) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.encoder.Encode(value); err != nil {
		fmt.Fprintln(os.Stderr, "nri:", err)
		os.Exit(1)
	}
}

// message turns a protobuf message into what encoding/json can embed.
func message(m proto.Message) json.RawMessage {
	text, err := protojson.Marshal(m)
	if err != nil {
		text, _ = json.Marshal("cannot be written as JSON: " + err.Error())
	}
	return text
}

func messages[M proto.Message](all []M) []json.RawMessage {
	texts := make([]json.RawMessage, len(all))
	for index, one := range all {
		texts[index] = message(one)
	}
	return texts
}

// parse reads a protobuf message from JSON, leaving out fields that this version does not have.
func parse(text []byte, into proto.Message) error {
	return protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(text, into)
}
