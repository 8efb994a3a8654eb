import type { ArchiveEntry } from "../../adapters/operations/archive/tar.ts";
import { certificatesOf, librariesOf } from "./root_files.ts";
import { imageLabels, type Sources } from "./labels.ts";
import type { Image } from "./oci_archive.ts";
import type { Program } from "./program.ts";

/** Where the image has the executable. */
export const executablePath = "usr/bin/dramemory";

/** What the image is, for the labels. */
export const title = "dramemory";
export const description = "Kubernetes DRA driver for memory and hugepages by NUMA node";

/**
 * The usual directories of programs, for commands on the host; and the certificates of the image in place of those that
 * the executable was compiled with. SSL_CERT_FILE must not name them: on a base without that file nothing could connect.
 */
const environment = [
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "DENO_TLS_CA_STORE=system",
];

/** The layers of the driver's image, from the lowest. */
export interface DramemoryLayers {
  /** The libraries that the executable loads, the certificates, and an empty /tmp for `demo`. */
  readonly base: readonly ArchiveEntry[];
  readonly executable: readonly ArchiveEntry[];
}

/** What the driver's image holds, the base from `sysroot`. Rejects with ImageError. */
export async function dramemoryLayers(program: Program, sysroot: string): Promise<DramemoryLayers> {
  return {
    base: [
      ...await librariesOf(program.elf, sysroot),
      await certificatesOf(sysroot),
      { path: "tmp", type: "directory", mode: 0o1777 },
    ],
    executable: [program.entry],
  };
}

/** The driver's image of these layers. The Containerfile makes the same. */
export function dramemoryImage(program: Program, sources: Sources, layers: DramemoryLayers): Image {
  return {
    name: imageName(sources.version),
    architecture: program.elf.architecture,
    layers: [layers.base, layers.executable],
    entrypoint: [`/${executablePath}`],
    command: ["daemon"],
    environment,
    labels: imageLabels(title, description, sources),
    created: sources.created,
  };
}

/** As containerd and the kubelet complete a name without a registry. */
export function imageName(version: string): string {
  return `docker.io/library/${title}:${version}`;
}
