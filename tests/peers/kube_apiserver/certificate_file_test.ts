import assert from "node:assert/strict";
import { hasCertificateAndAuthority } from "./certificate_file.ts";

const certificate = (name: string) =>
  `-----BEGIN CERTIFICATE-----\n${btoa(name)}\n-----END CERTIFICATE-----\n`;
const whole = certificate("server") + certificate("authority");

Deno.test("The file of the API server's certificates is whole when both are in it", () => {
  assert.equal(hasCertificateAndAuthority(whole), true);
});

Deno.test("A file of certificates that is still being written is not whole", () => {
  for (let length = 0; length < whole.length; length++) {
    assert.equal(hasCertificateAndAuthority(whole.slice(0, length)), false, `${length} bytes`);
  }
});
