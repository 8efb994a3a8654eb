import assert from "node:assert/strict";
import { type CommandResult, HostCommandError } from "../../../../adapters/operations/host/host_commands.ts";
import {
  activeService,
  installedVersion,
  restartService,
} from "../../../../adapters/operations/host/services.ts";

Deno.test("a service is restarted by systemd", async () => {
  const lines: string[] = [];
  await restartService("containerd", (command) => {
    lines.push(command.join(" "));
    return Promise.resolve(ended(0));
  });
  assert.deepEqual(lines, ["systemctl restart containerd"]);
});

const failures: Record<string, [() => Promise<CommandResult>, RegExp]> = {
  "systemd's first line": [
    () => Promise.resolve(ended(1, "", "Job for containerd.service failed.\nSee more\n")),
    /^Cannot restart containerd: Job for containerd.service failed. \(restart it by hand; a container/,
  ],
  "how systemctl ended": [
    () => Promise.resolve(ended(4)),
    /^Cannot restart containerd: systemctl ended with 4/,
  ],
  "that there is no systemctl": [
    () => Promise.reject(new HostCommandError("Cannot run systemctl")),
    /^Cannot restart containerd: Cannot run systemctl/,
  ],
};
for (const [reason, [run, message]] of Object.entries(failures)) {
  Deno.test(`a service that cannot be restarted: the error says ${reason}`, async () => {
    await assert.rejects(
      restartService("containerd", run),
      (error) => error instanceof HostCommandError && message.test(error.message),
    );
  });
}

Deno.test("systemd is asked whether it is there before something is restarted", async () => {
  const lines: string[] = [];
  await activeService(["containerd"], (command) => {
    lines.push(command.join(" "));
    return Promise.resolve(ended(0, "Version=257.4\n"));
  });
  assert.deepEqual(lines, ["systemctl show --property=Version"]);
  const missing = () => Promise.reject(new HostCommandError("Cannot run nsenter"));
  await assert.rejects(
    activeService(["containerd"], missing),
    /^HostCommandError: Cannot restart containerd: Cannot run/,
  );
});

Deno.test("of the services that a node has one of, the one that runs is restarted, or else the first", async () => {
  const answer = (states: string) =>
    activeService(
      ["k3s", "k3s-agent"],
      ([, command]) => Promise.resolve(command === "is-active" ? ended(3, states) : ended(0)),
    );
  assert.equal(await answer("inactive\nactive\n"), "k3s-agent");
  assert.equal(await answer("active\ninactive\n"), "k3s");
  assert.equal(await answer("inactive\ninactive\n"), "k3s");
});

Deno.test("an installed runtime tells its version", async () => {
  const version = await installedVersion(
    "crio",
    undefined,
    () => Promise.resolve(ended(0, "crio version 1.34.2\nVersion:  1.34.2\n")),
  );
  assert.deepEqual(version, { major: 1, minor: 34, patch: 2, text: "1.34.2" });
});

Deno.test("a runtime that can say more of its version is asked for that first, and again without where it fails", async () => {
  const asked = async (code: number) => {
    const lines: string[] = [];
    const version = await installedVersion("crio", ["version", "--verbose"], (command) => {
      lines.push(command.join(" "));
      return Promise.resolve(ended(lines.length === 1 ? code : 0, "Version: 1.34.2\n"));
    });
    return [version?.text, ...lines];
  };
  assert.deepEqual(await asked(0), ["1.34.2", "crio version --verbose"]);
  assert.deepEqual(await asked(1), ["1.34.2", "crio version --verbose", "crio --version"]);
});

Deno.test("a runtime that cannot be run has no version", async () => {
  assert.equal(
    await installedVersion("containerd", undefined, () => Promise.resolve(ended(1, "2.1.0"))),
    undefined,
  );
  const missing = () => Promise.reject(new HostCommandError("Cannot run containerd"));
  assert.equal(await installedVersion("containerd", undefined, missing), undefined);
});

function ended(code: number, stdout = "", stderr = ""): CommandResult {
  return { code, stdout, stderr };
}
