#!/bin/sh
# Whoever replaces a DeviceClass by another one with the same extendedResourceName, and then deletes the former, leaves the
# scheduler without the name.
#
# k8s.io/dynamic-resource-allocation 0.37.2 (0.36.3 does the same), deviceclass/extendedresourcecache, by which scheduler,
# quota and resource claim controller find the class behind an extended resource of a pod. The class `former` has the
# extendedResourceName example.com/pages, the newer class `latter` too; `former` is deleted.
#
# Expected: `latter` before and after. Two classes may have one name, the newer one counts, "to support such a migration"
# (extendedresourcecache.go).
# Seen: `latter`, then none: the deletion takes the name away, whosever it is by then. Pods that ask for example.com/pages
# find no class, until somebody changes `latter` or the scheduler starts anew. Taking the name out of `former` in place of
# deleting it does the same.
#
# Needs Go 1.26 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >main.go <<'GO'
package main

import (
	"fmt"
	"time"

	resourceapi "k8s.io/api/resource/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/dynamic-resource-allocation/deviceclass/extendedresourcecache"
	"k8s.io/klog/v2"
)

func class(name, extended string, age time.Duration) *resourceapi.DeviceClass {
	class := &resourceapi.DeviceClass{}
	class.Name, class.CreationTimestamp = name, metav1.NewTime(time.Unix(1e9, 0).Add(-age))
	if extended != "" {
		class.Spec.ExtendedResourceName = &extended
	}
	return class
}

func main() {
	former, latter := class("former", "example.com/pages", time.Hour), class("latter", "example.com/pages", 0)
	for _, take := range []func(*extendedresourcecache.ExtendedResourceCache){
		func(c *extendedresourcecache.ExtendedResourceCache) { c.OnDelete(former) },
		func(c *extendedresourcecache.ExtendedResourceCache) { c.OnUpdate(former, class("former", "", time.Hour)) },
	} {
		cache := extendedresourcecache.NewExtendedResourceCache(klog.Background())
		behind := func() string {
			if found := cache.GetDeviceClass("example.com/pages"); found != nil {
				return found.Name
			}
			return "none"
		}
		cache.OnAdd(former, true)
		cache.OnAdd(latter, false)
		before := behind()
		take(cache)
		after := behind()
		cache.OnUpdate(latter, latter)
		fmt.Println(before, after, behind())
	}
}
GO
printf 'module example.com/finding\n\ngo 1.26\n\nrequire k8s.io/dynamic-resource-allocation v0.37.2\n' >go.mod
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
[ "$seen" = 'latter none latter
latter none latter' ]
