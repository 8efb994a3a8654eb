/** How a program of Debian is run in a container: with a claim of 2 MiB pages on node 1, and nothing else. */
export interface DebianProgram {
  readonly name: string;
  /** The mebibytes that it claims. */
  readonly claimed: number;
  /** What it runs: `$MEBIBYTES` of hugepages are wanted. It goes on until it is ended. */
  readonly script: string;
  /** What is asked for so that it uses all that it claims, or a part. */
  readonly mebibytes: number;
  /** What is more than it claims. */
  readonly tooMany: number;
  /** What becomes of it when it asks for more than it claims. */
  readonly refusal: "ends" | "goes on with ordinary pages";
  /** The user other than root that it is run as; 1000 where it may be any. */
  readonly uid?: number;
  /** What that user needs beyond the claim. */
  readonly groups?: readonly number[];
  /** Started beside the first process of the container, which it shares pages with. Has to succeed. */
  readonly second?: string;
}

/** Touches each page of a mapping and stays. */
const stay = `
for offset in range(0, size, 2 << 20): pages[offset] = 1
print("READY", flush=True)
time.sleep(3600)`;

const python = (program: string) => `exec python3 -c '${program}'`;

const libc = `
import ctypes, os, time
size = int(os.environ["MEBIBYTES"]) << 20
libc = ctypes.CDLL("libc.so.6", use_errno=True)
def pages_at(address): return (ctypes.c_char * size).from_address(address)`;

/** DPDK in its default mode: files in the hugetlbfs that it finds, on the NUMA node of its logical core. */
const eal = (kind: string, then: string) =>
  python(`
import ctypes, os, time
eal = ctypes.CDLL("librte_eal.so.23")
arguments = [b"app", b"-l", b"1", b"--no-pci", b"--proc-type=${kind}", b"--socket-mem=0," + os.environ["MEBIBYTES"].encode()]
if eal.rte_eal_init(len(arguments), (ctypes.c_char_p * len(arguments))(*arguments)) < 0: raise SystemExit("no EAL")
for name in ("rte_memzone_reserve", "rte_memzone_lookup"): getattr(eal, name).restype = ctypes.c_void_p
${then}`);

export const debianPrograms: readonly DebianProgram[] = [
  {
    name: "a file in the mount",
    claimed: 32,
    mebibytes: 32,
    tooMany: 34,
    refusal: "ends",
    script: python(`
import mmap, os, time
size = int(os.environ["MEBIBYTES"]) << 20
file = os.open(os.environ["HUGETLBFS_PATH_2MI"] + "/file", os.O_RDWR | os.O_CREAT)
os.ftruncate(file, size)
pages = mmap.mmap(file, size)${stay}`),
  },
  {
    name: "memfd_create(MFD_HUGETLB)",
    claimed: 32,
    mebibytes: 32,
    tooMany: 34,
    refusal: "ends",
    script: python(`
import mmap, os, time
size = int(os.environ["MEBIBYTES"]) << 20
file = os.memfd_create("pages", os.MFD_HUGETLB | os.MFD_HUGE_2MB)
os.ftruncate(file, size)
pages = mmap.mmap(file, size)${stay}`),
  },
  {
    name: "shmget(SHM_HUGETLB)",
    claimed: 32,
    mebibytes: 32,
    tooMany: 34,
    refusal: "ends",
    groups: [0],
    script: python(`${libc}
IPC_PRIVATE, IPC_CREAT, IPC_RMID, SHM_HUGETLB = 0, 0o1000, 0, 0o4000
segment = libc.shmget(IPC_PRIVATE, ctypes.c_size_t(size), IPC_CREAT | SHM_HUGETLB | 0o600)
if segment < 0: raise SystemExit(os.strerror(ctypes.get_errno()))
libc.shmat.restype = ctypes.c_void_p
address = libc.shmat(segment, None, 0)
libc.shmctl(segment, IPC_RMID, None)
pages = pages_at(address)${stay}`),
  },
  {
    name: "libhugetlbfs",
    claimed: 32,
    mebibytes: 32,
    tooMany: 34,
    refusal: "ends",
    script: python(`${libc}
library = ctypes.CDLL("libhugetlbfs.so.0", use_errno=True)
library.get_huge_pages.restype = ctypes.c_void_p
address = library.get_huge_pages(ctypes.c_size_t(size), 0)
if not address: raise SystemExit(os.strerror(ctypes.get_errno()))
pages = pages_at(address)${stay}`),
  },
  {
    name: "DPDK",
    claimed: 32,
    mebibytes: 16,
    tooMany: 64,
    refusal: "ends",
    script: `export XDG_RUNTIME_DIR="/tmp/$(id -u)"; mkdir -p "$XDG_RUNTIME_DIR"
${
      eal(
        "primary",
        `
if not eal.rte_memzone_reserve(b"shared", ctypes.c_size_t(4096), -1, 0): raise SystemExit("no memzone")
print("READY", flush=True)
time.sleep(3600)`,
      )
    }`,
    second: `export XDG_RUNTIME_DIR="/tmp/$(id -u)"; mkdir -p "$XDG_RUNTIME_DIR"
${eal("secondary", `if not eal.rte_memzone_lookup(b"shared"): raise SystemExit("no memzone")`)}`,
  },
  {
    name: "QEMU",
    claimed: 32,
    mebibytes: 32,
    tooMany: 64,
    refusal: "ends",
    script: `exec qemu-system-x86_64 -accel tcg -nodefaults -display none -S -m "$MEBIBYTES" \\
  -object memory-backend-file,id=ram,size="$MEBIBYTES"M,mem-path="$HUGETLBFS_PATH_2MI",share=on,prealloc=on \\
  -machine pc,memory-backend=ram`,
  },
  {
    name: "PostgreSQL",
    claimed: 64,
    mebibytes: 32,
    tooMany: 128,
    refusal: "ends",
    // Of the group that owns its directory, as Debian has it.
    uid: 100,
    groups: [102],
    script: `data="$(mktemp -d)"
cp -r /var/lib/postgresql/15/main/. "$data"
[ "$(id -u)" != 0 ] || { chown -R postgres "$data"; become="setpriv --reuid=postgres --regid=postgres --clear-groups"; }
exec $become /usr/lib/postgresql/15/bin/postgres -D "$data" -c config_file=/dev/null -c hba_file=/etc/postgresql/15/main/pg_hba.conf \\
  -c huge_pages=on -c shared_buffers="$MEBIBYTES"MB -c unix_socket_directories=/tmp`,
  },
  {
    name: "a JVM",
    claimed: 64,
    mebibytes: 32,
    tooMany: 128,
    refusal: "goes on with ordinary pages",
    script: `exec rmiregistry -J-XX:+UseLargePages -J-XX:+AlwaysPreTouch -J-XX:+UseSerialGC \\
  -J-Xms"$MEBIBYTES"m -J-Xmx"$MEBIBYTES"m`,
  },
];
