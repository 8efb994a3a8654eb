import { resourceSlices } from "../../../../adapters/simulator/api_server/resources.ts";
import {
  ApiSliceRepository,
  type SliceRepositoryOptions,
} from "../../../../adapters/driver/kubernetes/api_slice_repository.ts";
import { sliceDevice } from "../../../../core/devices/slice_device.ts";
import type { ResourceSliceSpec } from "../../../../core/devices/resource_slice.ts";
import { deviceOf, GiB, MiB } from "../../../core/samples.ts";
import { quickBackoff, type TestCluster } from "./_support.ts";

/** A slice as the driver wants it on `node-a`. */
export function sliceSpec(poolName = "node-a/hugepages-2m", generation = 1): ResourceSliceSpec {
  return {
    driver: "dra.memory",
    nodeName: "node-a",
    pool: { name: poolName, generation, resourceSliceCount: 1 },
    devices: [
      sliceDevice(deviceOf("hugepages-2m-numa0", GiB)),
      sliceDevice(deviceOf("hugepages-2m-numa1", 2n * MiB)),
    ],
  };
}

/** The repository of `node-a`, which fails a test that loses its watch unless it expects so. */
export function repositoryOf(
  { connection }: TestCluster,
  options: Partial<SliceRepositoryOptions> = {},
): ApiSliceRepository {
  return new ApiSliceRepository(connection, {
    nodeName: "node-a",
    driver: "dra.memory",
    watchFailed: (error) => {
      throw error;
    },
    watchBackoff: quickBackoff(),
    ...options,
  });
}

/** The slices as the server holds them. */
export function storedSlices({ server }: TestCluster) {
  return server.store.list(resourceSlices);
}
