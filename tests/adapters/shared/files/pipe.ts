/** Makes a pipe in the file system, which nobody writes into: opened as a file is, it would be waited for without end. */
export async function makePipe(path: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  if (!success) throw new Error(`cannot make the pipe ${path}`);
}
