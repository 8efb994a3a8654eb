import {
  parseReservation,
  type Reservation,
  type ReservationRule,
  together,
} from "../../../core/devices/reservation.ts";
import { parseQuantity, QuantityError } from "../../../core/values/quantity.ts";
import { memoryResource } from "../../../core/values/resource_name.ts";
import { ConfigFileError, type ConfigFiles, systemFiles } from "../../shared/files/config_files.ts";
import { flagValues } from "../../shared/kernel_files/processes.ts";
import { type KubeletConfigPlace, type KubeletLayer, readKubeletLayers } from "./kubelet_configuration.ts";

/** What a kubelet keeps free by itself when nothing sets it (evictionHard of KubeletConfiguration). */
const usualEviction = "100Mi";

/**
 * What the kubelet keeps for the system: `reservedMemory`, by node, or where that is not set what it keeps of the whole
 * machine (`kubeReserved`, `systemReserved` and `memory.available` of `evictionHard`), spread over the nodes by their
 * memory. Flags stand above files.
 *
 * Rejects with {@link ConfigFileError} when there is no configuration, or one that cannot be read, and with
 * ReservedMemoryError when its amounts cannot be.
 */
export async function readKubeletReservation(
  place: KubeletConfigPlace,
  files: ConfigFiles = systemFiles,
): Promise<Reservation> {
  const { commandLine = [] } = place;
  const flags = flagValues(commandLine, "reserved-memory");
  if (flags.length > 0) return together(flags.flatMap(parseReservation));
  const layers = await readKubeletLayers(place, files);
  if (layers.length === 0 && commandLine.length === 0) {
    throw new ConfigFileError(
      "Cannot tell what the kubelet reserves: its configuration is not to be seen from here",
    );
  }
  const list = layers.map(({ fields }) => fields["reservedMemory"]).findLast((value) => value !== undefined);
  if (Array.isArray(list) && list.length > 0) {
    return together(list.flatMap((entry) => parseReservation(groupOf(entry))));
  }
  return machineReservation(layers, commandLine);
}

/** `{ numaNode: 0, limits: { memory: 1Gi } }` as the flag has it. */
function groupOf(entry: unknown): string {
  const { numaNode, limits } = recordOf(entry);
  const amounts = Object.entries(recordOf(limits)).map(([resource, amount]) => `${resource}=${amount}`);
  return `${numaNode}:${amounts.join(",")}`;
}

function machineReservation(layers: readonly KubeletLayer[], commandLine: readonly string[]): Reservation {
  const parts = {
    kubeReserved: amountIn("kubeReserved", "memory", "memory=", "kube-reserved"),
    systemReserved: amountIn("systemReserved", "memory", "memory=", "system-reserved"),
    evictionHard: hardEviction(),
  };
  return Object.entries(parts).flatMap(([name, amount]) => amount === undefined ? [] : [ruleOf(name, amount)])
    .reduce(addedUp, []);

  /** Percents of 0 and 100 turn it off (parseThresholdStatement in pkg/kubelet/eviction/helpers.go of Kubernetes). */
  function hardEviction(): string | undefined {
    const isFlagged = flagValues(commandLine, "eviction-hard").length > 0;
    const amount = amountIn("evictionHard", "memory.available", "memory.available<", "eviction-hard") ??
      (isFlagged ? undefined : evictionByItself(layers));
    return amount === "0%" || amount === "100%" ? undefined : amount;
  }

  function amountIn(field: string, key: string, inFlag: string, flag: string): string | undefined {
    const flagged = flagValues(commandLine, flag).flatMap((value) => value.split(","));
    const amount = flagged.findLast((each) => each.startsWith(inFlag))?.slice(inFlag.length);
    const inFiles = layers.map(({ fields }) => recordOf(fields[field])[key]).findLast((value) =>
      value !== undefined
    );
    return flagged.length === 0 ? inFiles === undefined ? undefined : String(inFiles) : amount;
  }
}

/**
 * The kubelet fills in what it keeps free by itself when it has read its file, and before it merges drop-ins, which add to
 * it (loadConfigFile in cmd/kubelet/app/server.go of Kubernetes).
 */
function evictionByItself([file]: readonly KubeletLayer[]): string | undefined {
  const { evictionHard, mergeDefaultEvictionSettings } = file?.fields ?? {};
  const isSet = evictionHard !== undefined && evictionHard !== null;
  return !isSet || mergeDefaultEvictionSettings === true ? usualEviction : undefined;
}

function ruleOf(name: string, amount: string): ReservationRule {
  const text = `the kubelet's ${name} ${amount}`;
  try {
    return {
      numaNode: "every",
      resource: memoryResource,
      amount: { kind: "spread", bytes: parseQuantity(amount) },
      text,
    };
  } catch (error) {
    if (!(error instanceof QuantityError) || !amount.endsWith("%")) throw error;
    const [percent] = parseReservation(`*:memory=${amount}`);
    if (percent === undefined) throw error;
    return { ...percent, text };
  }
}

/** Amounts of one kind are one amount. */
function addedUp(rules: ReservationRule[], rule: ReservationRule): ReservationRule[] {
  const same = rules.find(({ amount }) => amount.kind === rule.amount.kind);
  if (same?.amount.kind !== "spread" || rule.amount.kind !== "spread") return [...rules, rule];
  const bytes = same.amount.bytes + rule.amount.bytes;
  const sum = { ...same, amount: { kind: "spread", bytes } as const, text: `${same.text}, ${rule.text}` };
  return [...rules.filter((each) => each !== same), sum];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
