/** A program: clients of node:http2 whose server says goodbye. Ends with 0 if it survives that. */
import { once } from "node:events";
import { connect } from "node:http2";
import { createServer } from "node:net";
import { goodbye, goodbyes } from "./_goodbye.ts";

const server = createServer((socket) => {
  // A client may well hang up first.
  socket.on("error", () => {});
  socket.write(goodbye);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (address === null || typeof address === "string") throw new Error("The server has no port");

for (let count = 0; count < goodbyes; count++) {
  const client = connect(`http://127.0.0.1:${address.port}`);
  client.on("error", () => {});
  await new Promise((resolve) => setTimeout(resolve, 2));
  client.destroy();
}
Deno.exit(0);
