import { status } from "@grpc/grpc-js";
import assert from "node:assert/strict";
import { DraAnswerError, DraClient } from "../../../../adapters/simulator/kubelet/dra_client.ts";
import { GrpcCallError } from "../../../../adapters/shared/deno_workarounds/unix_grpc_client.ts";
import {
  DRAPluginService,
  type NodePrepareResourceResponse,
} from "../../../../adapters/protocols/kubelet/generated/dra_v1.ts";
import { unary } from "../../../../adapters/driver/kubelet/unary.ts";
import { UnixGrpcServer } from "../../../../adapters/driver/kubelet/unix_grpc_server.ts";
import { claim, withDirectory } from "../../driver/kubelet/fixture.ts";

const prepared: NodePrepareResourceResponse = { devices: [], error: "" };

/** Runs a test with the client of a driver that answers every prepare in the same way. */
function withAnswers(
  answer: () => Record<string, NodePrepareResourceResponse>,
  test: (client: DraClient) => Promise<void>,
): Promise<void> {
  return withDirectory(async (directory) => {
    const path = `${directory}/dra.sock`;
    const server = new UnixGrpcServer(path, (server) =>
      server.addService(DRAPluginService, {
        nodePrepareResources: unary(() => ({ claims: answer() })),
        nodeUnprepareResources: unary(() => ({ claims: {} })),
      }), { onConnection: () => {}, onError: assert.fail, onThrown: assert.fail });
    const client = new DraClient(path);
    await server.start();
    try {
      await test(client);
    } finally {
      await client.close();
      await server.withdraw();
      await server.stop(1_000);
    }
  });
}

Deno.test("an answer that leaves a claim out is none", () =>
  withAnswers(() => ({ "uid-a": prepared }), async (client) => {
    await assert.rejects(
      client.prepare("v1", [claim("a"), claim("b")]),
      (error) => error instanceof DraAnswerError && error.message.includes("missing claims [uid-b]"),
    );
    await assert.rejects(client.unprepare("v1", [claim("a")]), DraAnswerError);
  }));

Deno.test("an answer with a claim that was not asked for is none", () =>
  withAnswers(() => ({ "uid-a": prepared, "uid-z": prepared }), async (client) => {
    await assert.rejects(
      client.prepare("v1", [claim("a")]),
      (error) => error instanceof DraAnswerError && error.message.includes("not asked for [uid-z]"),
    );
  }));

Deno.test("an error of the whole call is an error with gRPC's status and the driver's words", () =>
  withAnswers(() => {
    throw new Error("100% broken: ü");
  }, async (client) => {
    await assert.rejects(
      client.prepare("v1", []),
      (error) => error instanceof GrpcCallError && error.message === "INTERNAL: 100% broken: ü",
    );
  }));

Deno.test("a driver that is not there is an error with the path", async () => {
  const client = new DraClient("/nowhere/dra.sock");

  await assert.rejects(
    client.prepare("v1", []),
    (error) =>
      error instanceof GrpcCallError && error.code === status.UNAVAILABLE &&
      error.message.includes("/nowhere/dra.sock"),
  );

  await client.close();
});
