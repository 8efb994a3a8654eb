/** An empty gRPC server on a unix socket: what a program costs that speaks with the kubelet and says nothing. */
import { parseArgs } from "node:util";
import { UnixGrpcServer } from "../../../adapters/driver/kubelet/unix_grpc_server.ts";

const { values: { socket } } = parseArgs({ options: { socket: { type: "string", default: "floor.sock" } } });
const observer = { onConnection: () => {}, onError: console.error, onThrown: console.error };
await new UnixGrpcServer(socket, () => {}, observer).start();
console.error("ready");
