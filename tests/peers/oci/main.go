// Imports an OCI archive as containerd does, checks its documents against the schemas of the image specification, and
// prints what it found as JSON: oci ARCHIVE.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/images/archive"
	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/opencontainers/image-spec/schema"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// found is an image of the archive: its name and the platform and digest that containerd has for it.
type found struct {
	Name         string   `json:"name"`
	Digest       string   `json:"digest"`
	Architecture string   `json:"architecture"`
	User         string   `json:"user"`
	Entrypoint   []string `json:"entrypoint"`
	Layers       int      `json:"layers"`
}

func main() {
	images, err := inspect(context.Background(), os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(images)
}

func inspect(ctx context.Context, path string) ([]found, error) {
	directory, err := os.MkdirTemp("", "oci-peer-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(directory)
	store, err := local.NewStore(directory)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	index, err := archive.ImportIndex(ctx, store, file)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	data, err := validated(ctx, store, index)
	if err != nil {
		return nil, err
	}
	var document ocispec.Index
	if err := json.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	var all []found
	for _, descriptor := range document.Manifests {
		image, err := inspectManifest(ctx, store, descriptor)
		if err != nil {
			return nil, err
		}
		image.Name = descriptor.Annotations[images.AnnotationImageName]
		all = append(all, image)
	}
	return all, nil
}

func inspectManifest(ctx context.Context, store content.Store, descriptor ocispec.Descriptor) (found, error) {
	if _, err := validated(ctx, store, descriptor); err != nil {
		return found{}, err
	}
	manifest, err := images.Manifest(ctx, store, descriptor, nil)
	if err != nil {
		return found{}, err
	}
	// The importer keeps each blob under the digest that it really has, and does not look for the layers itself.
	for _, layer := range manifest.Layers {
		if _, err := content.ReadBlob(ctx, store, layer); err != nil {
			return found{}, fmt.Errorf("layer: %w", err)
		}
	}
	data, err := validated(ctx, store, manifest.Config)
	if err != nil {
		return found{}, err
	}
	var config ocispec.Image
	if err := json.Unmarshal(data, &config); err != nil {
		return found{}, err
	}
	return found{
		Digest:       descriptor.Digest.String(),
		Architecture: config.Architecture,
		User:         config.Config.User,
		Entrypoint:   config.Config.Entrypoint,
		Layers:       len(manifest.Layers),
	}, nil
}

// validated reads a document of which the store has checked digest and size.
func validated(ctx context.Context, store content.Store, descriptor ocispec.Descriptor) ([]byte, error) {
	data, err := content.ReadBlob(ctx, store, descriptor)
	if err != nil {
		return nil, err
	}
	if err := schema.Validator(descriptor.MediaType).Validate(bytes.NewReader(data)); err != nil {
		return nil, fmt.Errorf("schema of %s: %w", descriptor.MediaType, err)
	}
	return data, nil
}
