import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  type CloseReason,
  closeReasonOf,
  ConnectionClosedError,
  describeCloseReason,
} from "../../../../../adapters/protocols/nri/ttrpc/close_reason.ts";

const error = new Error("broken");
const described: readonly [CloseReason, string][] = [
  [{ kind: "closed-here" }, "the connection was closed on this side"],
  [{ kind: "peer-closed", insideFrame: false }, "the peer closed the connection"],
  [{ kind: "peer-closed", insideFrame: true }, "the peer closed the connection inside a frame"],
  [{ kind: "protocol-error", error }, "the peer broke the protocol: broken"],
  [{ kind: "failed", error }, "the connection failed: broken"],
];

for (const [reason, text] of described) {
  Deno.test(`a reason reads: ${text}`, () => strictEqual(describeCloseReason(reason), text));
}

Deno.test("an error that a closed connection causes says what could not be done and carries its cause", () => {
  const closed = new ConnectionClosedError("Cannot call it", { kind: "failed", error });

  strictEqual(closed.message, "Cannot call it: the connection failed: broken");
  strictEqual(closed.cause, error);
});

Deno.test("a peer that is gone is no failure, whether reading or writing finds out", () => {
  for (const gone of [new Deno.errors.ConnectionReset("104"), new Deno.errors.BrokenPipe("32")]) {
    deepStrictEqual(closeReasonOf(gone, true), { kind: "peer-closed", insideFrame: true });
  }
});

Deno.test("a peer that closes between the frames below may do so inside one of those above", () => {
  const below = new ConnectionClosedError("Cannot read", { kind: "peer-closed", insideFrame: false });
  deepStrictEqual(closeReasonOf(below, true), { kind: "peer-closed", insideFrame: true });
});

Deno.test("a channel's reason is handed on, any other error is a failure", () => {
  const reason: CloseReason = { kind: "closed-here" };

  strictEqual(closeReasonOf(new ConnectionClosedError("Cannot read", reason), true), reason);
  deepStrictEqual(closeReasonOf(error, false), { kind: "failed", error });
  deepStrictEqual(closeReasonOf("broken", false), { kind: "failed", error });
});
