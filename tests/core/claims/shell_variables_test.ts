import fc from "fast-check";
import assert from "node:assert/strict";
import {
  collidingRequests,
  type NamedRequest,
  shellVariables,
  variablePrefix,
} from "../../../core/claims/shell_variables.ts";
import { showsClaims } from "../../../core/claims/environment.ts";
import { pageSize } from "../../../core/values/page_size.ts";
import { basePage, MiB, nodeIds } from "../samples.ts";

const page2m = pageSize(2n * MiB);
const name = (podClaimName: string, request: string): NamedRequest => ({ podClaimName, request });
const dnsLabel = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);

Deno.test("a container knows what it holds by the pod's name of the claim and the request", () => {
  const shares = [
    { numaNode: nodeIds(1)[0] ?? assert.fail(), pageSize: page2m, bytes: 64n * MiB },
    { numaNode: nodeIds(0)[0] ?? assert.fail(), pageSize: page2m, bytes: 32n * MiB },
  ];
  assert.deepEqual(shellVariables(name("fast-memory", "pages-2m"), shares), [
    "DRAMEMORY_FAST_MEMORY_PAGES_2M_NUMA_NODES=0-1",
    "DRAMEMORY_FAST_MEMORY_PAGES_2M_BYTES=100663296",
    "DRAMEMORY_FAST_MEMORY_PAGES_2M_PAGE_SIZE=2Mi",
  ]);
});

Deno.test("every name is one that a shell takes, and none that the driver reads", () => {
  fc.assert(fc.property(dnsLabel, dnsLabel, (claim, request) => {
    const [numaNode = assert.fail()] = nodeIds(3);
    for (const entry of shellVariables(name(claim, request), [{ numaNode, pageSize: basePage, bytes: 1n }])) {
      assert.match(entry, /^[A-Z_][A-Z0-9_]*=[0-9A-Za-z,-]+$/);
      assert.ok(!showsClaims([entry]));
    }
  }));
});

Deno.test("what dash keeps of an environment has the variables", {
  ignore: !["/bin/dash", "/usr/bin/dash"].some((path) => exists(path)),
}, async () => {
  const [numaNode = assert.fail()] = nodeIds(1);
  const entries = shellVariables(name("a-b", "c"), [{ numaNode, pageSize: page2m, bytes: 2n * MiB }]);
  const { stdout } = await new Deno.Command("dash", {
    args: ["-c", 'echo "$DRAMEMORY_A_B_C_NUMA_NODES $DRAMEMORY_A_B_C_BYTES $DRAMEMORY_A_B_C_PAGE_SIZE"'],
    env: Object.fromEntries(entries.map((entry) => entry.split("=", 2))),
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "1 2097152 2Mi\n");
});

Deno.test("two requests whose names come to the same are found, and the same one twice is none", () => {
  const [one, other] = [name("a-b", "c"), name("a", "b-c")];
  assert.equal(variablePrefix(one), variablePrefix(other));
  assert.deepEqual(collidingRequests([name("x", "y"), one, other]), [one, other]);
  assert.equal(collidingRequests([one, name("a-b", "d"), one]), undefined);
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
