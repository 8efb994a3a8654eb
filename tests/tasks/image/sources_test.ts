import assert from "node:assert/strict";
import { ImageError } from "../../../tasks/image/image_error.ts";
import { creationTime, webAddress } from "../../../tasks/image/sources.ts";

Deno.test("a remote is labeled by its https address, never with its password", () => {
  for (
    const remote of [
      "https://git.example/team/dramemory.git",
      "https://git.example/team/dramemory",
      "https://someone:secret@git.example/team/dramemory.git",
      "git@git.example:team/dramemory.git",
      "ssh://git@git.example:2222/team/dramemory.git/",
    ]
  ) {
    assert.equal(webAddress(remote), "https://git.example/team/dramemory", remote);
  }
});

Deno.test("a local remote is no address for a label", () => {
  for (const remote of ["/srv/git/dramemory", "../dramemory", "./x", "file:///srv/git/dramemory", "origin"]) {
    assert.equal(webAddress(remote), undefined, remote);
  }
});

Deno.test("an image is from the time it is told, and from 1970 when nothing tells", () => {
  assert.equal(creationTime("1767323045").toISOString(), "2026-01-02T03:04:05.000Z");
  assert.equal(creationTime(undefined).getTime(), 0);
});

Deno.test("a time that is none is refused", () => {
  for (const seconds of ["", "soon", "-1", "1.5", "9".repeat(20)]) {
    assert.throws(() => creationTime(seconds), ImageError, seconds);
  }
});
