/** A program: a server of node:http2 whose clients say goodbye. Ends with 0 if it survives them. */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer } from "node:http2";
import { connect, createServer as createSocketServer } from "node:net";
import { goodbye, goodbyes } from "./_goodbye.ts";

const http2 = createServer();
const server = createSocketServer((socket) => http2.emit("connection", socket));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (address === null || typeof address === "string") throw new Error("The server has no port");

for (let count = 0; count < goodbyes; count++) {
  const client = connect(address.port, "127.0.0.1");
  // A server may well hang up first.
  client.on("error", () => {});
  client.resume();
  client.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), goodbye]));
  await new Promise((resolve) => setTimeout(resolve, 2));
  client.destroy();
}
Deno.exit(0);
