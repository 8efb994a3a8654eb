import assert from "node:assert/strict";
import { findEngine, type Try } from "../../../tasks/image/engine.ts";
import { ImageError } from "../../../tasks/image/image_error.ts";

/** A machine on which these engines answer or do not; the others are missing. */
const machine = (answers: Record<string, boolean>): Try => (program) =>
  Promise.resolve(answers[program] ?? "missing");

Deno.test("the first engine that answers builds", async () => {
  assert.equal(await findEngine(undefined, machine({ podman: true, docker: true })), "podman");
  assert.equal(await findEngine(undefined, machine({ docker: true, buildah: true })), "docker");
  assert.equal(await findEngine(undefined, machine({ buildah: true })), "buildah");
});

Deno.test("Docker's client without its daemon does not build", async () => {
  assert.equal(await findEngine(undefined, machine({ docker: false, buildah: true })), "buildah");
});

Deno.test("the engine that is asked for is taken, and no other in its place", async () => {
  assert.equal(await findEngine("buildah", machine({ podman: true, buildah: true })), "buildah");
  await assert.rejects(findEngine("docker", machine({ podman: true })), /docker is not installed/);
});

Deno.test("without any the error says what is wrong with each, what to install, and how to do without", async () => {
  await assert.rejects(findEngine(undefined, machine({ docker: false })), (error) => {
    assert.ok(error instanceof ImageError);
    assert.match(
      error.message,
      /podman is not installed, "docker info" fails, buildah is not installed \(install podman.*image-archive\)/,
    );
    return true;
  });
});

Deno.test("an engine that is none of them is refused by name", async () => {
  await assert.rejects(findEngine("kaniko", machine({ podman: true })), /Cannot build by kaniko/);
});
