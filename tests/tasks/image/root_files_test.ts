import assert from "node:assert/strict";
import { dirname } from "node:path";
import { parseElf } from "../../../tasks/image/elf.ts";
import { ImageError } from "../../../tasks/image/image_error.ts";
import { certificatesOf, librariesOf } from "../../../tasks/image/root_files.ts";
import { inDirectory } from "../../adapters/shared/files/directory.ts";
import { elfFile } from "./elf_file.ts";

const loader = "/lib64/ld-linux-x86-64.so.2";
const program = parseElf(elfFile({ machine: 62, interpreter: loader, needed: ["libm.so.6", "libc.so.6"] }));
const library = (...needed: string[]) => elfFile({ machine: 62, needed });

Deno.test("a program's loader and libraries come with what these load in turn, at their places", async () => {
  await inSystem({
    "lib64/ld-linux-x86-64.so.2": library(),
    "lib/x86_64-linux-gnu/libm.so.6": library("libc.so.6", "libvec.so.1"),
    "lib/x86_64-linux-gnu/libc.so.6": library("ld-linux-x86-64.so.2"),
    "usr/lib64/libvec.so.1": library(),
    "lib/x86_64-linux-gnu/libother.so.1": library(),
  }, async (sysroot) => {
    assert.deepEqual(await pathsFor(sysroot), [
      "lib64/ld-linux-x86-64.so.2",
      "lib/x86_64-linux-gnu/libm.so.6",
      "lib/x86_64-linux-gnu/libc.so.6",
      "usr/lib64/libvec.so.1",
    ]);
  });
});

Deno.test("an old libc brings what it looks up hosts with, and what that loads", async () => {
  await inSystem({
    "lib64/ld-linux-x86-64.so.2": library(),
    "lib64/libm.so.6": library(),
    "lib64/libc.so.6": library(),
    "lib64/libnss_dns.so.2": library("libresolv.so.2"),
    "lib64/libresolv.so.2": library(),
  }, async (sysroot) => {
    assert.deepEqual((await pathsFor(sysroot)).slice(3), ["lib64/libnss_dns.so.2", "lib64/libresolv.so.2"]);
  });
});

Deno.test("a library of another architecture or format is passed over, as the loader does", async () => {
  await inSystem({
    "lib64/ld-linux-x86-64.so.2": library(),
    "lib/x86_64-linux-gnu/libm.so.6": elfFile({ machine: 183 }),
    "lib64/libm.so.6": library().with(4, 1),
    "usr/lib/libm.so.6": library(),
    "lib/libc.so.6": library(),
  }, async (sysroot) => {
    assert.deepEqual((await pathsFor(sysroot)).slice(1), ["usr/lib/libm.so.6", "lib/libc.so.6"]);
  });
});

Deno.test("links are followed within the system that is told, never into this machine's", async () => {
  await inSystem({
    "real/ld.so": library(),
    "lib64/libm.so.6": library(),
    "lib64/libc.so.6": library(),
  }, async (sysroot) => {
    await Deno.symlink("/real/ld.so", `${sysroot}${loader}`);
    assert.deepEqual(await pathsFor(sysroot), [loader.slice(1), "lib64/libm.so.6", "lib64/libc.so.6"]);
  });
});

Deno.test("what is missing is named, with where it was searched", async () => {
  await inSystem({ "lib64/ld-linux-x86-64.so.2": library() }, async (sysroot) => {
    await assert.rejects(librariesOf(program, sysroot), (error) => {
      assert.ok(error instanceof ImageError);
      assert.match(
        error.message,
        /Cannot find the library libm\.so\.6 for amd64 in .*lib\/x86_64-linux-gnu.*--sysroot/,
      );
      return true;
    });
  });
  await inSystem({}, async (sysroot) => {
    await assert.rejects(
      librariesOf(program, sysroot),
      /Cannot find the loader \/lib64\/ld-linux-x86-64\.so\.2/,
    );
  });
});

Deno.test("a static program needs nothing", async () => {
  assert.deepEqual(await librariesOf(parseElf(elfFile({ machine: 62 })), "/nowhere"), []);
});

Deno.test("the certificates are at one place in the image, wherever the distribution has them", async () => {
  const content = new TextEncoder().encode("certificates");
  for (const path of ["etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt"]) {
    await inSystem({ [path]: content }, async (sysroot) => {
      assert.deepEqual(await certificatesOf(sysroot), {
        path: "etc/ssl/certs/ca-certificates.crt",
        type: "file",
        content,
      });
    });
  }
  await inSystem({}, async (sysroot) => {
    await assert.rejects(certificatesOf(sysroot), /Cannot find the certificates .*install ca-certificates/);
  });
});

async function pathsFor(sysroot: string): Promise<string[]> {
  return (await librariesOf(program, sysroot)).map(({ path }) => path);
}

/** Runs a test with a directory that has these files of a system. */
async function inSystem(
  files: Record<string, Uint8Array>,
  test: (sysroot: string) => Promise<void>,
): Promise<void> {
  await inDirectory(async (sysroot) => {
    await Deno.mkdir(`${sysroot}${dirname(loader)}`);
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(dirname(`${sysroot}/${path}`), { recursive: true });
      await Deno.writeFile(`${sysroot}/${path}`, content);
    }
    await test(sysroot);
  });
}
