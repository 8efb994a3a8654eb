/** What a container finds of its claim where SELinux is enforced. */
import assert from "node:assert/strict";
import { CriError } from "./cri.ts";
import { isThere, nodeRuntime } from "./node_runtime.ts";
import { withRuntime } from "./runtime_cluster.ts";

const mebibyte = 1 << 20;
const selinux = "/sys/fs/selinux";
/** What Debian's policy runs the runtime as. It does not let that mount a hugetlbfs, so it is not held to it here. */
const engine = `system_u:system_r:${isThere("/lab/crio") ? "crio_t" : "dockerd_t"}:s0`;
/** What the chart has for the driver, which is not held to it here either: its executable has no label. */
const driver = "system_u:system_r:spc_t:s0";
const share = { resource: "hugepages-2m", numaNode: 1, bytes: 8 * mebibyte } as const;
const metadata = "/var/run/kubernetes.io/dra-device-attributes/resourceclaims";
/** With the label of files of an image. */
const tools = "/run/tools";

Deno.test("a container of a node that enforces SELinux uses what it claims", async (t) => {
  await enforce();
  await withRuntime(nodeRuntime({ context: engine }), [], async (cluster) => {
    cluster.claims.daemon.context = driver;
    await cluster.claims.startDriver();
    const pod = await cluster.startPod([share]);
    const container = await cluster.cri.startContainer(pod.sandbox, {
      name: "main",
      cdiDevices: pod.cdiDevices,
      mounts: { "/tools": tools },
      args: ["--bytes", "4Mi", "--file", "/dev/hugepages-2Mi/file", "--hold"],
    });
    const busybox = (...command: readonly string[]) =>
      cluster.cri.exec(container, "/tools/busybox", ...command);
    const domain = await busybox("cat", "/proc/self/attr/current");
    const [, categories = ""] = /^system_u:system_r:container_t:s0:(c\d+,c\d+)/.exec(domain) ?? [];

    await t.step("its process is confined, and what it may not do is denied", async () => {
      assert.notEqual(categories, "", domain);
      await assert.rejects(busybox("cat", "/proc/1/root/tools/secret"), CriError);
    });
    await t.step("its hugetlbfs has the label of its own files, and it maps a file there", async () => {
      const mount = (await busybox("cat", "/proc/mounts")).split("\n").find((line) =>
        line.includes(" hugetlbfs ")
      );
      assert.match(
        mount ?? "",
        new RegExp(`context="?system_u:object_r:container_file_t:s0:${categories}"?,`),
      );
      assert.equal(await busybox("ls", "/dev/hugepages-2Mi"), "file");
      const said = await cluster.cri.logOf(pod.sandbox, { name: "main" });
      assert.match(said, /^\{"bytes":4194304,"pageBytes":2097152,"nodes":\{"1":4194304\}/);
    });
    await t.step("it reads its device metadata", async () => {
      const text = await busybox("cat", `${metadata}/pod-1-claim-0/share/dra.memory-metadata.json`);
      assert.match(text, /"hugepages-2m-numa1"/);
    });
    await t.step("it maps hugepages without a file once the policy's boolean for that is on", async () => {
      const mapped = () => busybox("sh", "-c", "/workload --bytes 2Mi --hugepages 2m || true");
      assert.equal(await mapped(), '{"failed":"mmap","reason":"EACCES"}');
      Deno.writeTextFileSync(`${selinux}/booleans/container_use_hugetlbfs`, "1");
      Deno.writeTextFileSync(`${selinux}/commit_pending_bools`, "1");
      assert.match(await mapped(), /^\{"bytes":2097152,"pageBytes":2097152,"nodes":\{"1":2097152\}/);
    });
    await cluster.removePod(pod);
    await cluster.claims.daemon.stop();
  });
});

/** Loads the policy, whole as the kernel wants it, and has it enforced. */
async function enforce(): Promise<void> {
  await new Deno.Command("mount", { args: ["-t", "selinuxfs", "selinuxfs", selinux] }).output();
  Deno.writeFileSync(`${selinux}/load`, Deno.readFileSync("/etc/selinux/default/policy/policy.33"));
  Deno.writeTextFileSync(`${selinux}/enforce`, "1");
  // Where the runtime keeps images: what it writes there has labels that containers may read.
  labeled("system_u:object_r:var_lib_t:s0", () => Deno.mkdirSync("/var/lib", { recursive: true }));
  labeled("system_u:object_r:var_run_t:s0", () => Deno.mkdirSync("/run/cdi"));
  labeled("system_u:object_r:container_file_t:s0", () => Deno.mkdirSync(tools));
  Deno.copyFileSync("/bin/busybox", `${tools}/busybox`);
  labeled("system_u:object_r:var_run_t:s0", () => Deno.writeTextFileSync(`${tools}/secret`, "secret"));
}

/** Makes something as a machine has it whose files are labeled. */
function labeled(label: string, make: () => void): void {
  Deno.writeTextFileSync("/proc/thread-self/attr/fscreate", label);
  make();
  Deno.writeTextFileSync("/proc/thread-self/attr/fscreate", "\n");
}
