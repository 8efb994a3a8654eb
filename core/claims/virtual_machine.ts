/**
 * Whether a pod's containers run in a virtual machine, by the handler of its RuntimeClass: NRI tells no more than its name.
 * Kata Containers installs `kata`, `kata-qemu`, `kata-clh` and the like, and CRI-O takes any name with that in it for one
 * (podIsKernelSeparated of its server/sandbox_run_linux.go).
 */
export function runsInVirtualMachine(runtimeHandler = ""): boolean {
  return runtimeHandler.toLowerCase().includes("kata");
}
