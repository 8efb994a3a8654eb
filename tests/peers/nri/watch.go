package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/containerd/nri/pkg/api"
	"github.com/containerd/ttrpc"
	"google.golang.org/protobuf/proto"
)

// synchronizeCalls is the key of a counter, in the context of a synchronization.
type synchronizeCalls struct{}

// watchCall sees every call to a plugin: how many messages a synchronization took, and what the plugin answered when
// it was configured, which the library itself keeps to itself.
func (r *runtime) watchCall(ctx context.Context, request *ttrpc.Request, response *ttrpc.Response,
	_ *ttrpc.UnaryClientInfo, invoke ttrpc.Invoker) error {
	if count, ok := ctx.Value(synchronizeCalls{}).(*int); ok {
		*count++
	}
	if err := invoke(ctx, request, response); err != nil {
		return err
	}
	if request.Method == "Configure" {
		reply := &api.ConfigureResponse{}
		if err := proto.Unmarshal(response.Payload, reply); err != nil {
			return err
		}
		r.out.write(map[string]any{"event": "configured", "reply": message(reply)})
	}
	return nil
}

// watchRegistration sees every call of a plugin.
func (r *runtime) watchRegistration(ctx context.Context, unmarshal ttrpc.Unmarshaler, info *ttrpc.UnaryServerInfo,
	method ttrpc.Method) (any, error) {
	return method(ctx, func(request any) error {
		err := unmarshal(request)
		if registration, ok := request.(*api.RegisterPluginRequest); ok && err == nil {
			r.out.write(map[string]any{"event": "registered", "request": message(registration)})
		}
		return err
	})
}

// watcher makes events of what the library only logs, and passes the log on to the standard error.
type watcher struct {
	out *output
}

func (w *watcher) Debugf(context.Context, string, ...any) {}

func (w *watcher) Infof(_ context.Context, format string, arguments ...any) {
	w.log(format, arguments)
}

func (w *watcher) Warnf(_ context.Context, format string, arguments ...any) {
	w.log(format, arguments)
}

func (w *watcher) Errorf(_ context.Context, format string, arguments ...any) {
	w.log(format, arguments)
}

func (w *watcher) log(format string, arguments []any) {
	text := fmt.Sprintf(format, arguments...)
	fmt.Fprintln(os.Stderr, text)
	switch {
	case strings.HasPrefix(format, "connection to plugin"):
		w.out.write(map[string]any{"event": "disconnected", "reason": text})
	case strings.HasPrefix(format, "failed to create"), strings.HasPrefix(format, "failed to start"),
		strings.HasPrefix(format, "failed to synchronize"):
		w.out.write(map[string]any{"event": "failed", "reason": text})
	}
}
