import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";
import configuration from "../../deno.json" with { type: "json" };
import { yamlFiles } from "./manifests.ts";

const workflow = v.looseObject({
  permissions: v.record(v.string(), v.string()),
  env: v.object({ NO_COLOR: v.string() }),
  jobs: v.record(
    v.string(),
    v.looseObject({
      "runs-on": v.string(),
      "timeout-minutes": v.number(),
      steps: v.array(v.looseObject({ uses: v.exactOptional(v.string()), run: v.exactOptional(v.string()) })),
    }),
  ),
});

const texts = await yamlFiles(new URL("../../.github/workflows/", import.meta.url));

for (const [name, text] of texts) {
  const { permissions, jobs } = v.parse(workflow, parse(text));
  const steps = Object.values(jobs).flatMap(({ steps }) => steps);

  Deno.test(`${name} may only read unless a job says otherwise`, () => {
    assert.deepEqual(permissions, { contents: "read" });
  });

  Deno.test(`${name} names the exact version of each action`, () => {
    for (const { uses } of steps) assert.match(uses ?? "a/b@v1.2.3", /^[\w-]+\/[\w-]+@v\d+\.\d+\.\d+$/);
  });

  Deno.test(`${name} runs tasks that there are, on the Deno that the project is built with`, () => {
    const runs = steps.flatMap(({ run = "" }) => [...run.matchAll(/deno@(.*?) (?:task (\S+)|run|install)/g)]);
    assert.ok(runs.length > 0);
    for (const [, version = "", task] of runs) {
      assert.ok(["$(cat .deno-version)", "${{ matrix.deno }}"].includes(version), version);
      if (task !== undefined) assert.ok(task in configuration.tasks, task);
    }
  });
}

Deno.test("the README says where what a release publishes is", async () => {
  const readme = await Deno.readTextFile("README.md");
  const release = texts.get("release.yaml") ?? "";
  const { version } = configuration;
  assert.match(release, /^ {2}PROJECT: \$\{\{ github\.repository \}\}$/m);
  assert.match(release, /dist\/dramemory-\$GITHUB_REF_NAME-linux-\$\{\{ matrix\.arch \}\}/);
  for (
    const place of [
      "https://github.com/OWNER/dramemory>",
      `https://github.com/OWNER/dramemory/releases/download/v${version}/dramemory-v${version}-linux-x86_64`,
      `ghcr.io/OWNER/dramemory:${version}`,
    ]
  ) assert.ok(readme.includes(place), place);
});

Deno.test("what a release publishes leads to the project, its image and its documentation", async () => {
  const { jobs } = v.parse(workflow, parse(texts.get("release.yaml") ?? ""));
  const naming = jobs["release"]?.steps.find(({ run }) => run?.includes("OWNER/dramemory"))?.run ?? "";
  const directory = await Deno.makeTempDir();
  try {
    const copied = await new Deno.Command("cp", { args: ["-r", "README.md", "deploy", directory] }).output();
    assert.ok(copied.success);
    const named = await new Deno.Command("sh", {
      args: ["-ec", naming],
      cwd: directory,
      env: { PROJECT: "Example/dramemory", GITHUB_REF_NAME: "v1.2.3" },
    }).output();
    assert.ok(named.success, new TextDecoder().decode(named.stderr));
    const read = (name: string) => Deno.readTextFile(`${directory}/${name}`);
    assert.doesNotMatch(await read("README.md"), /OWNER/);
    const { image, prometheusRule } = parse(await read("deploy/helm/dramemory/values.yaml"));
    assert.equal(image.repository, "ghcr.io/example/dramemory");
    assert.equal(prometheusRule.documentation, "https://github.com/Example/dramemory/blob/v1.2.3");
    const rules = await read("deploy/monitoring/dramemory.rules.yaml");
    const runbooks = rules.match(/runbook_url: \S+/g) ?? [];
    assert.ok(runbooks.length > 10);
    const documentation =
      "runbook_url: https://github.com/Example/dramemory/blob/v1.2.3/docs/user/metrics.md#";
    for (const runbook of runbooks) assert.ok(runbook.startsWith(documentation), runbook);
    const daemonSet = await read("deploy/manifests/daemonset.yaml");
    assert.ok(daemonSet.includes(`image: ghcr.io/example/dramemory:${configuration.version}`));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("the image of a release is for the architectures that the chart has by default", async () => {
  const release = texts.get("release.yaml") ?? "";
  const [, built = ""] = /imagetools create --tag "\$image:\$version" (.*)/.exec(release) ?? [];
  const names: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };
  const architectures = [...built.matchAll(/\$version-(\w+)/g)].map(([, name = ""]) => names[name]);
  const values = parse(await Deno.readTextFile("deploy/helm/dramemory/values.yaml"));
  assert.deepEqual(architectures, values.architectures);
});

Deno.test("the README's two commands need no variable of their own, and the gate runs both as they stand", async () => {
  const [readme, gate] = await Promise.all([Deno.readTextFile("README.md"), Deno.readTextFile(".ci/run")]);
  const commands = [...readme.matchAll(/^\$ (.* task (demo|test)( .*)?)$/gm)].map(([, command]) => command);
  assert.equal(commands.length, 2);
  for (const command of commands) {
    assert.match(command ?? "", /^DENO_TLS_CA_STORE=system,mozilla npx -y deno@/);
  }
  assert.match(gate, /^unset DENO_TLS_CA_STORE$/m);
  assert.doesNotMatch(gate, /export DENO_TLS_CA_STORE/);
});

Deno.test("the demo and the tests fetch a third at most of the 108 packages that they once did", async () => {
  const lock: { npm: Record<string, unknown> } = JSON.parse(await Deno.readTextFile("deno.lock"));
  assert.ok(Object.keys(lock.npm).length <= 36);
});

Deno.test("what only developers run is none of the dependencies of demo and tests", async () => {
  const lock: { npm: Record<string, unknown> } = JSON.parse(await Deno.readTextFile("deno.lock"));
  const tools: { imports: Record<string, string> } = JSON.parse(await Deno.readTextFile("tools/deno.json"));
  for (const name of Object.keys(tools.imports)) {
    assert.ok(!Object.keys(lock.npm).some((id) => id.startsWith(`${name}@`)), name);
  }
});
