import assert from "node:assert/strict";
import { crioFlags } from "../../../../../adapters/operations/runtimes/crio/flags.ts";

const lines: Record<string, unknown> = {
  "crio --enable-nri=false": { nri: { enable_nri: false } },
  "crio --enable-nri=0 --enable-nri": { nri: { enable_nri: true } },
  // What follows is no value of the flag: CRI-O takes it for a command.
  "crio -enable-nri false": { nri: { enable_nri: true } },
  "crio --nri-listen /srv/nri.sock --nri-disable-connections": {
    nri: { nri_listen: "/srv/nri.sock", nri_disable_connections: true },
  },
  "crio --cdi-spec-dirs=/etc/cdi,/run/cdi --cdi-spec-dirs /srv/cdi": {
    runtime: { cdi_spec_dirs: ["/etc/cdi", "/run/cdi", "/srv/cdi"] },
  },
  "crio --default-runtime=runc --config /srv/crio.conf": { runtime: { default_runtime: "runc" } },
};
for (const [line, expected] of Object.entries(lines)) {
  Deno.test(`what CRI-O's flags set: ${line}`, () => {
    assert.deepEqual(crioFlags(line.split(" "))?.table, { crio: expected });
  });
}

Deno.test("flags of CRI-O that concern nothing of the driver's set nothing", () => {
  assert.equal(crioFlags(["/usr/bin/crio", "--log-level=debug", "--enable-nri-not"]), undefined);
});
