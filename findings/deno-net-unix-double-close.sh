#!/bin/sh
# node:net in Deno 2.9.4 closes the file descriptor of each connection that it accepted at a unix socket twice.
#
# deno 2.9.4 from the npm registry. A server of node:net at a unix socket takes twenty connections, one after the other,
# answers each and ends it when the client does. strace counts the close calls that the kernel refuses.
#
# Expected: none. 2.9.6 has none (https://github.com/denoland/deno/pull/36353).
# Seen: 21, at least one for each connection: close(N) = -1 EBADF. In a program with threads N can be another thread's
# new file by then, which is closed in its place.
#
# Needs npm and Debian's strace. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"

npm install --silent --no-audit --no-fund --prefix old deno@2.9.4 >/dev/null
npm install --silent --no-audit --no-fund --prefix new deno@2.9.6 >/dev/null

cat >server.ts <<'TS'
import { createServer } from "node:net";

const server = createServer((socket) => {
  socket.on("data", (data) => socket.write(data));
  socket.on("end", () => socket.end());
});
await new Promise<void>((resolve) => server.listen("socket", resolve));
for (let index = 0; index < 20; index++) {
  const client = await Deno.connect({ transport: "unix", path: "socket" });
  await client.write(new Uint8Array([1]));
  await client.read(new Uint8Array(1));
  client.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
}
server.close();
TS

refused() {
  rm -f socket
  strace -f -e trace=close -o trace "$1/node_modules/.bin/deno" run -A --no-check server.ts
  grep -c 'close(.*EBADF' trace || true
}
old=$(refused old)
new=$(refused new)
echo "close calls that the kernel refuses: $old with Deno 2.9.4, $new with 2.9.6"
[ "$old" -ge 20 ] && [ "$new" = 0 ]
