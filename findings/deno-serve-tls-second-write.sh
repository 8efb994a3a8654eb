#!/bin/sh
# Deno.serve over TLS sends an answer of more than about a kilobyte in two writes and leaves Nagle's algorithm on: each
# answer waits for the client's delayed acknowledgment, some 40 ms on Linux.
#
# Deno 2.9.4 (npm deno@2.9.4). A server on loopback with a certificate answers 100 requests of one kept-alive client,
# first with 900 bytes, then with 3,000.
#
# Expected: both take a fraction of a millisecond, as with Deno 2.7.11, and as with node:https in 2.9.4.
# Seen: 900 bytes 0.1 ms, 3,000 bytes 44 ms (medians).
#
# Needs Node.js with npm, openssl, and the npm registry. Exits with 0 as long as this is so.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
npm install --silent --no-save --prefix . deno@2.9.4 >/dev/null

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem \
  -addext basicConstraints=critical,CA:TRUE 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out leaf.csr 2>/dev/null
printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' >extensions
openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile extensions -out leaf.pem \
  2>/dev/null

cat >measure.ts <<'TS'
const [cert, key, ca] = ["leaf.pem", "key.pem", "ca.pem"].map((name) => Deno.readTextFileSync(name));
const client = Deno.createHttpClient({ caCerts: [ca] });
async function median(bytes: number): Promise<number> {
  const body = new Uint8Array(bytes);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} },
    () => new Response(body),
  );
  const times: number[] = [];
  for (let request = 0; request < 100; request++) {
    const start = performance.now();
    await (await fetch(`https://localhost:${server.addr.port}/`, { client })).bytes();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[50];
}
const small = await median(900), large = await median(3000);
console.log(`900 bytes ${small.toFixed(1)} ms, 3,000 bytes ${large.toFixed(1)} ms`);
Deno.exit(small < 20 && large > 30 ? 0 : 1);
TS
NO_PROXY=localhost no_proxy=localhost node_modules/.bin/deno run --no-check -A measure.ts
