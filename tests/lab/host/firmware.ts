import { dirname, join } from "node:path";
import { type MemoryArray, memoryStructures } from "../../../adapters/simulator/machine/smbios_table.ts";
import type { LabMachine } from "../machines.ts";
import type { BootFiles } from "./boot.ts";

/**
 * The files with what a machine's firmware says of its memory (SMBIOS), where that is not what QEMU has it say of any. They
 * are written beside the image, each structure into one of its own, as QEMU wants them.
 */
export async function withFirmwareFor(machine: LabMachine, files: BootFiles): Promise<BootFiles> {
  const smbios: string[] = [];
  for (const [index, structure] of memoryStructures(memoryArrays(machine)).entries()) {
    const path = join(dirname(files.image), `${machine.name}-smbios-${index}`);
    await Deno.writeFile(path, structure);
    smbios.push(path);
  }
  return { ...files, smbios };
}

/** Node after node from the address 0 on, as QEMU lays them out below 3 GiB. */
function memoryArrays({ nodes }: LabMachine): MemoryArray[] {
  if (!nodes.some(({ highBandwidth = false }) => highBandwidth)) return [];
  let end = 0n;
  return nodes.map(({ memoryMiB, highBandwidth = false }) => {
    const startBytes = end, bytes = BigInt(memoryMiB) << 20n;
    end += bytes;
    return { deviceType: highBandwidth ? "hbm2" : "ddr5", devices: highBandwidth ? 2 : 1, startBytes, bytes };
  });
}
