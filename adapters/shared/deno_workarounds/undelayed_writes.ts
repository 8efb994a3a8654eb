/**
 * How a client is made whose requests have bodies.
 *
 * - Symptom: over HTTP/2, a request with a body of some 1 KiB or more takes 40 ms longer, and so does every other
 *   request that comes behind it on the connection: head and body are written apart, and the kernel holds the second
 *   piece back until the server has acknowledged the first (Nagle's algorithm, delayed acknowledgements). Over HTTP/1.1
 *   they are one piece.
 * - Versions: every Deno since `fetch` is made with hyper, 2.9.4 and 2.9.6 among them.
 * - Upstream: https://github.com/denoland/deno/pull/35581
 * - Remove when: `fetch` turns Nagle's algorithm off, or can be told to.
 */
export const undelayedWrites = { http2: false } as const satisfies Deno.CreateHttpClientOptions;
