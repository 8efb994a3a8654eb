/** The containerd of this machine, run by containerd-node. */
export const containerd = {
  /** Writes its configuration, by `dramemory setup-runtime` with these flags. */
  configure: (...flags: readonly string[]) => containerdNode("configure", ...flags),
  /** Starts it and waits until it answers. */
  start: () => containerdNode("start"),
  /** Ends it; its containers go on. */
  stop: () => containerdNode("stop"),
};

async function containerdNode(...args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("containerd-node", {
    args: [...args],
    signal: AbortSignal.timeout(180_000),
  }).output();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`containerd-node ${args.join(" ")}: ${decoder.decode(stdout)}${decoder.decode(stderr)}`);
  }
}
