import assert from "node:assert/strict";
import { parseElf } from "../../tasks/image/elf.ts";
import { filesBelow } from "./oci_layout.ts";
import { makeArchive, noRoot, type UnpackedImage, unpackImage } from "./_root.ts";

const { version } = JSON.parse(await Deno.readTextFile("deno.json"));
const needsRoot = (name: string) => noRoot === undefined ? name : `${name} (skipped: ${noRoot})`;

/** Made once, since it takes as long as all the rest. */
async function withImage(test: (image: UnpackedImage, archive: string, said: string) => Promise<void>) {
  const directory = await Deno.makeTempDir({ prefix: "dramemory-image-" });
  try {
    const archive = `${directory}/image.tar`;
    const said = await makeArchive("image-archive", archive);
    await test(await unpackImage(archive, directory), archive, said);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the image of the built executable", async (test) => {
  await withImage(async (image, archive, said) => {
    await test.step("is named after the version, for containerd", () => {
      assert.equal(
        image.layout.annotations["io.containerd.image.name"],
        `docker.io/library/dramemory:${version}`,
      );
    });

    await test.step("is for the executable's architecture, and tells what it is", async () => {
      const { architecture } = parseElf(await Deno.readFile("bin/dramemory"));
      const { image: { architecture: told, config } } = image.layout;
      assert.equal(told, architecture);
      assert.equal(config.Labels["org.opencontainers.image.version"], version);
      assert.deepEqual([config.Entrypoint, config.Cmd], [["/usr/bin/dramemory"], ["daemon"]]);
    });

    await test.step("holds the executable, what it loads, the certificates, and nothing else", () => {
      const others = filesBelow(image.root).filter((path) =>
        !/^(usr\/)?lib(64|\/[\w-]+)?\/[^/]+\.so\b[.\d]*$/.test(path)
      );
      assert.deepEqual(others.sort(), ["etc/ssl/certs/ca-certificates.crt", "usr/bin/dramemory"]);
      assert.ok(filesBelow(image.root).length < 15, `${filesBelow(image.root)}`);
    });

    await test.step("is the same when it is made again", async () => {
      assert.equal(
        (await makeArchive("image-archive", `${archive}.again`)).split("\n")[1],
        said.split("\n")[1],
      );
      assert.deepEqual(await Deno.readFile(`${archive}.again`), await Deno.readFile(archive));
    });

    await test.step({
      name: needsRoot("runs: version"),
      ignore: noRoot !== undefined,
      fn: async () => {
        const { code, stdout, stderr } = await image.run("version");
        assert.deepEqual([code, stderr], [0, ""]);
        assert.match(stdout, new RegExp(`^dramemory ${version.replaceAll(".", "\\.")} `));
      },
    });

    await test.step({
      name: needsRoot("runs: inspect sees the machine"),
      ignore: noRoot !== undefined,
      fn: async () => {
        const { code, stdout, stderr } = await image.run("inspect", "-o", "json");
        assert.deepEqual([code, stderr], [0, ""]);
        assert.ok(JSON.parse(stdout).nodes.length > 0);
      },
    });

    await test.step({
      name: needsRoot("runs: the demo, over sockets and TLS"),
      ignore: noRoot !== undefined,
      fn: async () => {
        const { code, stdout, stderr } = await image.run("demo", "--topology", "two-numa");
        assert.deepEqual([code, stderr], [0, ""]);
        assert.match(stdout, /All \d+ steps were checked/);
      },
    });
  });
});
