/**
 * Measures `dramemory cluster` and `explain` on a large cluster: an API server that makes pages of slices, claims and
 * nodes up as they are asked for. Prints seconds and the most memory.
 *
 *   deno run -A --no-check tests/bench/cluster_commands.ts [NODES] [CLAIMS]
 */
import { makeServerCertificates } from "../../adapters/simulator/api_server/certificates.ts";
import { deviceClasses } from "../../core/devices/device_class.ts";
import { devicesOf } from "../../core/devices/device.ts";
import { poolsOf, slicesOf } from "../../core/devices/pool.ts";
import { noReservedMemory } from "../../core/devices/reserved_memory.ts";
import { topologyOf } from "../peers/allocator/topologies.ts";

const [nodes = 10_000, claims = 100_000] = Deno.args.map(Number);
const binary = new URL("../../bin/dramemory", import.meta.url).pathname;

const topology = topologyOf({ nodes: 2, pageSize: "4k", memory: "64Gi", hugepages: { "2m": 4096, "1g": 8 } });
const devices = devicesOf(topology, noReservedMemory);

const poolsPerNode = 3;

function slice(index: number): unknown {
  const node = `node-${String(index % nodes).padStart(5, "0")}`;
  const pool = poolsOf(node, devices)[Math.floor(index / nodes)];
  if (pool === undefined) return undefined;
  const [spec] = slicesOf(node, pool, 1);
  return {
    kind: "ResourceSlice",
    metadata: { name: `00000-dra.memory-${pool.name.replace("/", "-")}`, uid: `${index}` },
    spec,
  };
}

function claim(index: number): unknown {
  const node = `node-${String(index % nodes).padStart(5, "0")}`;
  const device = `hugepages-2m-numa${Math.floor(index / nodes) % 2}`;
  return {
    kind: "ResourceClaim",
    metadata: {
      name: `claim-${index}`,
      namespace: "default",
      uid: `${index}`,
      managedFields: [{ manager: "x".repeat(800) }],
    },
    spec: {
      devices: {
        requests: [{
          name: "r",
          exactly: { deviceClassName: "dra.hugepages-2m", capacity: { requests: { size: "512Mi" } } },
        }],
      },
    },
    status: {
      allocation: {
        devices: {
          results: [{
            request: "r",
            driver: "dra.memory",
            pool: `${node}/hugepages-2m`,
            device,
            shareID: `s-${index}`,
            consumedCapacity: { size: "512Mi" },
          }],
        },
      },
      reservedFor: [{ resource: "pods", name: `pod-${index}`, uid: `${index}` }],
    },
  };
}

function node(index: number): unknown {
  return {
    kind: "Node",
    metadata: { name: `node-${String(index).padStart(5, "0")}`, labels: { a: "b" } },
    spec: {},
  };
}

const collections: Record<string, { readonly count: number; readonly item: (index: number) => unknown }> = {
  "/apis/resource.k8s.io/v1/resourceslices": { count: nodes * poolsPerNode, item: slice },
  "/apis/resource.k8s.io/v1/resourceclaims": { count: claims, item: claim },
  "/apis/resource.k8s.io/v1/deviceclasses": {
    count: deviceClasses(topology).length,
    item: (index) => deviceClasses(topology)[index],
  },
  "/api/v1/nodes": { count: nodes, item: node },
  "/api/v1/pods": { count: 0, item: () => undefined },
};

/** A page as the API server sends it. */
function page(path: string, query: URLSearchParams): Response {
  if (path === "/version") return Response.json({ major: "1", minor: "36" });
  const collection = collections[path];
  if (collection === undefined) {
    return Response.json({ kind: "Status", reason: "NotFound", message: "not found" }, { status: 404 });
  }
  const first = Number(query.get("continue") ?? 0), limit = Number(query.get("limit") ?? 500);
  const end = Math.min(first + limit, collection.count);
  const items = Array.from({ length: end - first }, (_, index) => collection.item(first + index));
  const rest = end < collection.count
    ? { continue: String(end), remainingItemCount: collection.count - end }
    : {};
  return Response.json({ metadata: rest, items });
}

const { authority, certificate, key } = await makeServerCertificates();
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, cert: certificate, key, onListen: () => {} },
  (request) => {
    const { pathname, searchParams } = new URL(request.url);
    return page(pathname, searchParams);
  },
);
const directory = await Deno.makeTempDir();
const kubeconfig = `${directory}/kubeconfig`;
await Deno.writeTextFile(
  kubeconfig,
  JSON.stringify({
    clusters: [{
      name: "c",
      cluster: {
        server: `https://127.0.0.1:${server.addr.port}`,
        "certificate-authority-data": btoa(authority),
      },
    }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    "current-context": "c",
  }),
);
/** A claim that no node is large enough for, and one that other claims leave no room for: one of them could go. */
const wishes = { impossible: ["dra.memory", "100Gi"], crowded: ["dra.hugepages-2m", "8Gi"] };
const manifests: string[] = [];
for (const [name, [deviceClassName, size]] of Object.entries(wishes)) {
  const request = { name: "r", exactly: { deviceClassName, capacity: { requests: { size } } } };
  const manifest = `${directory}/${name}.json`;
  await Deno.writeTextFile(
    manifest,
    JSON.stringify({
      apiVersion: "resource.k8s.io/v1",
      kind: "ResourceClaim",
      metadata: { name },
      spec: { devices: { requests: [request] } },
    }),
  );
  manifests.push(manifest);
}
try {
  for (const args of [["cluster"], ...manifests.map((manifest) => ["explain", manifest])]) {
    await measure(args);
  }
} finally {
  await server.shutdown();
  await Deno.remove(directory, { recursive: true });
}

async function measure(args: readonly string[]): Promise<void> {
  const start = performance.now();
  const child = new Deno.Command(binary, {
    args: [...args, "--kubeconfig", kubeconfig],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let peak = "?";
  const watching = setInterval(async () => {
    const status = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
    peak = /VmHWM:\s+(\d+)/.exec(status)?.[1] ?? peak;
  }, 100);
  const { stdout, stderr } = await child.output();
  clearInterval(watching);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const text = new TextDecoder().decode(stdout);
  console.log(
    `${args.join(" ")}: ${seconds} s, ${Math.round(Number(peak) / 1024)} MiB, ${
      text.split("\n").length
    } lines`,
  );
  console.log(text.split("\n").slice(0, 3).join("\n"), new TextDecoder().decode(stderr).slice(0, 300));
}
