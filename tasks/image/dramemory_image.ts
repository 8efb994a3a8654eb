import { certificatesOf, certificateStore, librariesOf } from "./root_files.ts";
import { imageLabels, type Sources } from "./labels.ts";
import type { Image } from "./oci_archive.ts";
import type { Program } from "./program.ts";

/** Where the image has the executable. */
export const executablePath = "usr/bin/dramemory";

/** What the image is, for the labels. */
export const title = "dramemory";
export const description = "Kubernetes DRA driver for memory and hugepages by NUMA node";

/** The variables that make the executable use the certificates of the image and not the ones it was compiled with. */
export const environment = [
  "PATH=/usr/bin",
  "DENO_TLS_CA_STORE=system",
  `SSL_CERT_FILE=/${certificateStore}`,
];

/**
 * The driver's image: the executable, in a layer of its own above the libraries that it loads and the certificates,
 * both from `sysroot`. Also an empty /tmp, for `demo` and for the cache that makes the next start quicker.
 * Rejects with ImageError.
 */
export async function dramemoryImage(program: Program, sources: Sources, sysroot: string): Promise<Image> {
  return {
    name: `docker.io/library/${title}:${sources.version}`,
    architecture: program.elf.architecture,
    layers: [
      [
        ...await librariesOf(program.elf, sysroot),
        await certificatesOf(sysroot),
        { path: "tmp", type: "directory", mode: 0o1777 },
      ],
      [program.entry],
    ],
    entrypoint: [`/${executablePath}`],
    command: ["daemon"],
    environment,
    labels: imageLabels(title, description, sources),
    created: sources.created,
  };
}
