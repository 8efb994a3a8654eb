import type { Server } from "@grpc/grpc-js";
import {
  type PluginInfo,
  type RegistrationServer,
  RegistrationService,
} from "../../protocols/kubelet/generated/pluginregistration.ts";
import { unary } from "./unary.ts";

/** Told how the kubelet decided. Must not throw and must not wait. */
export interface RegistrationObserver {
  /** The kubelet will call the driver. It may say so again, after a restart of its own for instance. */
  onRegistered(): void;
  /** The kubelet will not call the driver, for the reason it gives; it asks again by itself. */
  onRefused(reason: string): void;
}

/** Adds the service by which the kubelet gets to know a plugin. */
export function addRegistrationService(
  server: Server,
  info: PluginInfo,
  observer: RegistrationObserver,
): void {
  const handlers: RegistrationServer = {
    getInfo: unary(() => info),
    notifyRegistrationStatus: unary(({ pluginRegistered, error }) => {
      if (pluginRegistered) observer.onRegistered();
      else observer.onRefused(error);
      return {};
    }),
  };
  server.addService(RegistrationService, handlers);
}
