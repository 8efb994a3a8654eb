import { goBinary, GoError, ToolchainError } from "./go.ts";
import { allocatorPrograms } from "./allocator/allocator.ts";
import { injectorProgram } from "./cdi/injector.ts";
import { metadataReaderProgram } from "./device_metadata/reader.ts";
import { helmProgram } from "./helm/helm.ts";
import { crioProgram } from "./crio/binaries.ts";
import { containerdProgram, containerdVersions } from "./containerd/binaries.ts";
import {
  apiServerProgram,
  etcdProgram,
  kubernetes136,
  kubernetes137,
  kubernetesProgram,
} from "./kube_apiserver/binaries.ts";
import { promtoolProgram } from "./promtool/promtool.ts";
import { nodeProgram } from "./node/node_peer.ts";
import { nriProgram, nriVersions } from "./nri/binaries.ts";
import { importerProgram } from "./oci/importer.ts";

/**
 * Builds every peer that the tests beside this file need, unless the cache has it. One that takes a version of Go that
 * cannot be had is left out, here and by its tests.
 */
async function buildAll(): Promise<void> {
  const programs = [
    injectorProgram,
    metadataReaderProgram,
    importerProgram,
    ...nriVersions.map(nriProgram),
    etcdProgram,
    apiServerProgram,
    kubernetesProgram("kube-apiserver", kubernetes137),
    ...[kubernetes136, kubernetes137].map((release) => kubernetesProgram("kube-scheduler", release)),
    ...Object.values(allocatorPrograms),
    ...containerdVersions.map(containerdProgram),
    crioProgram,
    helmProgram,
    promtoolProgram,
    nodeProgram,
  ];
  for (const program of programs) {
    try {
      await goBinary(program);
    } catch (error) {
      if (!(error instanceof ToolchainError)) throw error;
      console.error(`Left out: ${program.name}. ${error.message}`);
    }
  }
}

try {
  await buildAll();
} catch (error) {
  if (!(error instanceof GoError)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
