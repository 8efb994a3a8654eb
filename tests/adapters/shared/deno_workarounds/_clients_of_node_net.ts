/**
 * A program: a server of node:net at a unix socket whose clients come and go. Ends with 0 if nobody's descriptor is closed
 * for another one's.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import { clientsAndFiles } from "./clients_and_files.ts";

/** Seen to go wrong within the first three thousand. */
const connections = 50_000;
const patienceMilliseconds = 120_000;

const path = `${await Deno.makeTempDir()}/socket`;
const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.pipe(socket);
});
server.listen(path);
await once(server, "listening");
setTimeout(() => {
  // The descriptor that was closed may have been a client's.
  throw new Error("clients wait for an answer for ever");
}, patienceMilliseconds);
await clientsAndFiles(path, connections);
Deno.exit(0);
