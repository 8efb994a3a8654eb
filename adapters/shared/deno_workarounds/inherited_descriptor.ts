import type { InheritedSocket } from "../../driver/nri/inherited_socket.ts";

/** SHUT_RDWR of shutdown(2). */
const bothDirections = 2;

/**
 * A socket that the process was started with, for Deno up to 2.7.13, where nothing takes a socket over by its number:
 * `Deno.open("/dev/fd/3")` fails on sockets and `net.Socket` does not know `fd`. So the C library is asked, on threads
 * of its own, since it blocks.
 */
export class InheritedDescriptor implements InheritedSocket {
  readonly closed: Promise<void>;

  readonly #descriptor: number;
  readonly #libc = openLibc();
  readonly #underWay = new Set<Promise<bigint>>();
  readonly #resolveClosed: () => void;

  /** The descriptor belongs to this object from now on. */
  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    ({ promise: this.closed, resolve: this.#resolveClosed } = Promise.withResolvers<void>());
  }

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    const { read } = this.#libc.symbols;
    const count = await this.#settled(read(this.#descriptor, buffer, BigInt(buffer.length)));
    if (count < 0) throw new Error("Cannot read from the runtime's socket");
    return count === 0 ? null : count;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    const { write } = this.#libc.symbols;
    const count = await this.#settled(write(this.#descriptor, bytes, BigInt(bytes.length)));
    if (count < 0) throw new Deno.errors.BrokenPipe("Cannot write to the runtime's socket");
    return count;
  }

  /** Shutting down first is what wakes a read that waits: closing alone would leave it waiting for ever. */
  close(): void {
    this.#libc.symbols.shutdown(this.#descriptor, bothDirections);
    Promise.all(this.#underWay).then(() => this.#release());
  }

  async #settled(call: Promise<bigint>): Promise<number> {
    this.#underWay.add(call);
    const count = await call;
    this.#underWay.delete(call);
    return Number(count);
  }

  /** Not before the last call is through, which could otherwise meet whatever gets the number next. */
  #release(): void {
    this.#libc.symbols.close(this.#descriptor);
    this.#libc.close();
    this.#resolveClosed();
  }
}

function openLibc() {
  return Deno.dlopen("libc.so.6", {
    read: { parameters: ["i32", "buffer", "usize"], result: "isize", nonblocking: true },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize", nonblocking: true },
    shutdown: { parameters: ["i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
}
