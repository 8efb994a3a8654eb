import { fileURLToPath } from "node:url";
import { drawMachine } from "../../../../adapters/operations/svg/machine_picture.ts";
import { SysfsTopology } from "../../../../adapters/driver/sysfs/sysfs_topology.ts";
import { devicesOf } from "../../../../core/devices/device.ts";
import { parseReservation } from "../../../../core/devices/reservation.ts";
import { reserveMemory } from "../../../../core/devices/reserved_memory.ts";
import { GiB, MiB } from "../../../core/samples.ts";
import { fixturesDirectory, rootsIn } from "../../driver/sysfs/support.ts";

/** Draws a sample tree, with what claims hold by device. */
export async function pictureOf(
  fixture: string,
  claimed: Readonly<Record<string, bigint>> = {},
  reserved = "",
): Promise<string> {
  const topology = await new SysfsTopology(rootsIn(`${fixturesDirectory}/${fixture}`)).read();
  const devices = devicesOf(topology, reserveMemory(parseReservation(reserved), topology).memory);
  return drawMachine({ topology, devices, claimedBytes: (device) => claimed[device] ?? 0n });
}

/** The picture that docs/user/inspecting.md shows. */
export function readmePicture(): Promise<string> {
  const claimed = {
    "memory-numa0": 5n * GiB,
    "hugepages-2m-numa0": GiB,
    "hugepages-1g-numa0": GiB,
    "hugepages-2m-numa1": 200n * MiB,
    "hugepages-1g-numa1": 2n * GiB,
  };
  return pictureOf("two-numa", claimed, "0:memory=2Gi;1:memory=2Gi");
}

/** Where that picture is kept. */
export const inspectingPicturePath = fileURLToPath(new URL("../../../../docs/inspect.svg", import.meta.url));

// Run as a program, this writes the picture anew.
if (import.meta.main) await Deno.writeTextFile(inspectingPicturePath, `${await readmePicture()}\n`);
