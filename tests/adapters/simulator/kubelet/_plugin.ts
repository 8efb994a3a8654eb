import type { PluginInfo } from "../../../../adapters/protocols/kubelet/generated/pluginregistration.ts";
import { addRegistrationService } from "../../../../adapters/driver/kubelet/registration_server.ts";
import { UnixGrpcServer } from "../../../../adapters/driver/kubelet/unix_grpc_server.ts";
import { Observations } from "../../driver/kubelet/fixture.ts";

/** A registration service that says what it is told to, and nothing behind it. */
export class BarePlugin {
  readonly observer = new Observations();
  readonly #server: UnixGrpcServer;

  constructor(root: string, name: string, info: Partial<PluginInfo>) {
    this.#server = new UnixGrpcServer(
      `${root}/plugins_registry/${name}-reg.sock`,
      (server) =>
        addRegistrationService(
          server,
          {
            type: "DRAPlugin",
            name: "dra.memory",
            endpoint: "",
            supportedVersions: ["v1.DRAPlugin"],
            ...info,
          },
          this.observer,
        ),
      this.observer,
    );
  }

  start(): Promise<void> {
    return this.#server.start();
  }

  async stop(): Promise<void> {
    await this.#server.withdraw();
    await this.#server.stop(1_000);
  }
}
