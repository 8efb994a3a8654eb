/** What Deno has no function for: whether a file may be written, who reads a pipe, and the state of the kernel's clock. */
const symbols = {
  access: { parameters: ["buffer", "i32"], result: "i32" },
  adjtimex: { parameters: ["buffer"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
} as const;

/** W_OK of access(2). */
const mayWrite = 2;
/** TIME_ERROR of adjtimex(2): the clock is not synchronized. The states below it are of one that is. */
const notSynchronized = 5;
/** More than `struct timex` has on any architecture. All of it zero changes nothing. */
const timexBytes = 512;

/**
 * Whether this process may write a file or directory, as the kernel sees it: capabilities, access lists and read-only
 * mounts included. Undefined where that cannot be asked.
 */
export function mayWriteTo(path: string): boolean | undefined {
  return withLibc((libc) => libc.access(new TextEncoder().encode(`${path}\0`), mayWrite) === 0);
}

/** Whether the kernel takes its clock to be synchronized; undefined where it does not tell. */
export function isClockSynchronized(): boolean | undefined {
  return withLibc((libc) => {
    const state = libc.adjtimex(new Uint8Array(timexBytes));
    return state < 0 ? undefined : state < notSynchronized;
  });
}

/** POLLERR, POLLHUP and POLLNVAL of poll(2), which are told without having been asked for. */
const brokenEvents = 0x8 | 0x10 | 0x20;

/** Whether nobody can read any more what is written to a descriptor, as to a pipe whose reader ended. */
export function isBroken(descriptor: number): boolean {
  // struct pollfd: int fd; short events, revents.
  const pollfd = new DataView(new ArrayBuffer(8));
  pollfd.setInt32(0, descriptor, isLittleEndian);
  const told = withLibc((libc) => libc.poll(new Uint8Array(pollfd.buffer), 1n, 0)) ?? 0;
  return told > 0 && (pollfd.getInt16(6, isLittleEndian) & brokenEvents) !== 0;
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

type Libc = Deno.DynamicLibrary<typeof symbols>;

function withLibc<T>(use: (functions: Libc["symbols"]) => T): T | undefined {
  let libc: Libc;
  try {
    libc = Deno.dlopen("libc.so.6", symbols);
  } catch (error) {
    // Another C library than glibc, as the sources can be run on.
    if (error instanceof Error) return undefined;
    throw error;
  }
  try {
    return use(libc.symbols);
  } finally {
    libc.close();
  }
}
