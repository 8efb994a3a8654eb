#!/bin/sh
# Kustomize renames a ResourceClaimTemplate, and not the pods that name it.
#
# sigs.k8s.io/kustomize/kustomize/v5 5.8.1, which kubectl 1.37.2 has for `kubectl apply -k`. A kustomization with the
# namePrefix team- has a Deployment, the ResourceClaimTemplate `pages` and the PersistentVolumeClaim `disk` that its pods name.
#
# Expected: the Deployment names team-pages and team-disk, as it does for ConfigMaps, Secrets, ServiceAccounts and all else
# that a pod names in its namespace.
# Seen: team-disk and pages, without a warning: the template is team-pages, and the pods stay pending for one that does not
# exist. The same holds for resourceClaimName and deviceClassName. With a nameReference for the kind in `configurations`
# the name follows.
#
# Needs Go 1.25 and the module proxy. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

cat >objects.yaml <<'YAML'
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: { name: pages }
spec: { spec: { devices: { requests: [{ name: pages, exactly: { deviceClassName: dra.hugepages-2m } }] } } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: disk }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: server }
spec:
  selector: { matchLabels: { app: server } }
  template:
    metadata: { labels: { app: server } }
    spec:
      containers: [{ name: main, image: example.com/server, resources: { claims: [{ name: memory }] } }]
      resourceClaims: [{ name: memory, resourceClaimTemplateName: pages }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: disk } }]
YAML
cat >names.yaml <<'YAML'
nameReference:
  - kind: ResourceClaimTemplate
    fieldSpecs: [{ path: spec/template/spec/resourceClaims/resourceClaimTemplateName, kind: Deployment }]
YAML
printf 'module example.com/finding\n\ngo 1.25.0\n' >go.mod
GOFLAGS=-mod=mod go get sigs.k8s.io/kustomize/kustomize/v5@v5.8.1 >get.log 2>&1 || { cat get.log; exit 2; }
names() {
	printf 'namePrefix: team-\nresources: [objects.yaml]\n%s\n' "$1" >kustomization.yaml
	GOFLAGS=-mod=mod go run sigs.k8s.io/kustomize/kustomize/v5 build . |
		sed -n 's/^ *-* *\(name: team-pages\|claimName: .*\|resourceClaimTemplateName: .*\)/\1/p' | sort | paste -sd,
}
plain=$(names '')
told=$(names 'configurations: [names.yaml]')
echo "$plain"
echo "$told"
[ "$plain" = 'claimName: team-disk,name: team-pages,resourceClaimTemplateName: pages' ]
[ "$told" = 'claimName: team-disk,name: team-pages,resourceClaimTemplateName: team-pages' ]
