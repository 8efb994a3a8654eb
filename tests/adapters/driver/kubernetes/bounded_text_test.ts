import assert from "node:assert/strict";
import { readBoundedText } from "../../../../adapters/driver/kubernetes/bounded_text.ts";

Deno.test("a body is read as text, whatever its pieces", async () => {
  const bytes = new TextEncoder().encode("zwölf");
  const body = ReadableStream.from([bytes.subarray(0, 3), bytes.subarray(3)]);
  assert.equal(await readBoundedText(new Response(body)), "zwölf");
  assert.equal(await readBoundedText(new Response(null)), "");
});

Deno.test("an endless body is refused, and closed", async () => {
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(300)),
    cancel: () => {
      cancelled = true;
    },
  });
  await assert.rejects(
    readBoundedText(new Response(endless), 1_000),
    /Cannot read an answer of over 1000 bytes/,
  );
  assert.equal(cancelled, true);
});
