import { status } from "@grpc/grpc-js";
import assert from "node:assert/strict";
import {
  GrpcCallError,
  UnixGrpcClient,
} from "../../../../adapters/shared/deno_workarounds/unix_grpc_client.ts";
import { RegistrationService } from "../../../../adapters/protocols/kubelet/generated/pluginregistration.ts";
import { withDirectory } from "../../driver/kubelet/fixture.ts";

/** Runs a test with a server that accepts and never says a word. */
function withSilence(test: (client: UnixGrpcClient) => Promise<void>): Promise<void> {
  return withDirectory(async (directory) => {
    const path = `${directory}/silent.sock`;
    const listener = Deno.listen({ transport: "unix", path });
    const accepted = Array.fromAsync(listener);
    const client = new UnixGrpcClient(path);
    await test(client);
    await client.close();
    listener.close();
    for (const connection of await accepted) connection.close();
  });
}

function failsWith(code: status): (error: unknown) => boolean {
  return (error) => error instanceof GrpcCallError && error.code === code;
}

Deno.test("a call ends when its time is up", () =>
  withSilence(async (client) => {
    await assert.rejects(
      client.call(RegistrationService.getInfo, {}, 50),
      failsWith(status.DEADLINE_EXCEEDED),
    );
  }));

Deno.test("calls under way can be given up", () =>
  withSilence(async (client) => {
    const call = client.call(RegistrationService.getInfo, {}, 10_000);

    client.cancel();

    await assert.rejects(call, failsWith(status.CANCELLED));
  }));
