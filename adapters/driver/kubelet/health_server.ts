import { type ServerWritableStream, status } from "@grpc/grpc-js";
import type { HealthBoard, HealthNotice } from "../../../core/devices/health_board.ts";
import {
  type DRAResourceHealthServer,
  HealthStatus,
  type NodeWatchResourcesRequest,
  type NodeWatchResourcesResponse,
} from "../../protocols/kubelet/generated/dra_health.ts";
import { NewestWriter } from "./newest_writer.ts";

/** What a {@link HealthServer} is made of. */
export interface HealthServerOptions {
  readonly board: HealthBoard;
  /** For how many seconds the kubelet is to believe a list; 30 by default, as the kubelet itself has it. */
  readonly timeoutSeconds?: number;
}

type Call = ServerWritableStream<NodeWatchResourcesRequest, NodeWatchResourcesResponse>;

/** The kubelet has one, and one more for a moment after a restart. */
const maxStreams = 16;
/** Two lists may be late or lost before the kubelet stops believing. */
const sendingsPerTimeout = 3;

/**
 * Tells the kubelet the health of every device: in each stream the whole list at once, again with each change, and
 * three times within the time that the kubelet believes it (KEP-4680). A reader that is slow gets the
 * newest list when it is ready for one. The stream of one that takes nothing from one sending to the next is
 * ended, and so is one that was cancelled so early that gRPC does not tell.
 */
export class HealthServer {
  /** To be served in each version of the service; they differ in their names alone. */
  readonly service: DRAResourceHealthServer = { nodeWatchResources: (call: Call) => this.#watch(call) };
  readonly #board: HealthBoard;
  readonly #timeoutSeconds: number;
  /** What ends each stream that is open. */
  readonly #streams = new Set<() => void>();
  #stopped = false;

  constructor({ board, timeoutSeconds = 30 }: HealthServerOptions) {
    this.#board = board;
    this.#timeoutSeconds = timeoutSeconds;
  }

  /**
   * Ends every stream, with status OK once the message on its way is through, and refuses new ones. To be called
   * before the sockets' server is stopped, which would wait for the streams.
   */
  stop(): void {
    this.#stopped = true;
    for (const end of [...this.#streams]) end();
  }

  #watch(call: Call): void {
    if (this.#stopped) return refuse(call, status.UNAVAILABLE, "The driver is stopping");
    if (this.#streams.size >= maxStreams) {
      return refuse(call, status.RESOURCE_EXHAUSTED, `${maxStreams} streams are open (end one)`);
    }
    const writer = new NewestWriter(call, () => messageOf(this.#board.current, this.#timeoutSeconds));
    let unread: object | undefined;
    const again = () => {
      if (unread !== undefined && unread === writer.underWay) return end();
      unread = writer.underWay;
      writer.write();
    };
    const timer = setInterval(again, this.#timeoutSeconds * 1000 / sendingsPerTimeout);
    const unsubscribe = this.#board.subscribe(() => writer.write());
    const forget = () => {
      clearInterval(timer);
      unsubscribe();
      writer.end();
      this.#streams.delete(end);
    };
    const end = () => {
      forget();
      call.end();
    };
    this.#streams.add(end);
    call.on("cancelled", forget);
    writer.write();
  }
}

/** The way of grpc-js to end a stream with a status other than OK. */
function refuse(call: Call, code: status, details: string): void {
  call.emit("error", { code, details: `Cannot watch the devices' health: ${details}` });
}

function messageOf({ devices, unixMilliseconds }: HealthNotice, timeoutSeconds: number) {
  return {
    devices: devices.map(({ pool, device, problem }) => ({
      device: { poolName: pool, deviceName: device },
      health: problem === undefined ? HealthStatus.HEALTHY : HealthStatus.UNHEALTHY,
      lastUpdatedTime: BigInt(Math.floor(unixMilliseconds / 1000)),
      healthCheckTimeoutSeconds: BigInt(timeoutSeconds),
      message: problem?.message ?? "",
    })),
  };
}
