import { type NumaNodeId, numaNodeId } from "../values/ids.ts";
import { parseQuantity, QuantityError } from "../values/quantity.ts";
import { quoted } from "../values/quoted.ts";
import { hugepagesResource, memoryResource, type ResourceName } from "../values/resource_name.ts";
import { parseWrittenPageSize } from "../values/written_page_size.ts";
import { ParseError } from "../values/parse_error.ts";
import { OperatorError } from "../values/operator_error.ts";

/** How much of a resource is kept from claims. */
export type ReservedAmount =
  | { readonly kind: "bytes"; readonly bytes: bigint }
  /** Of what the node has of the resource: its whole memory, or the pages of its pool. In hundredths of a percent. */
  | { readonly kind: "percent"; readonly hundredths: bigint }
  /** Of all nodes together, by how much memory each has. */
  | { readonly kind: "spread"; readonly bytes: bigint };

/** One amount that is kept from claims. */
export interface ReservationRule {
  /** `every` gives way to what names the node. */
  readonly numaNode: NumaNodeId | "every";
  readonly resource: ResourceName;
  readonly amount: ReservedAmount;
  /** As it was written. */
  readonly text: string;
}

/** What the operator keeps from claims, before it is known which machine it is for. */
export type Reservation = readonly ReservationRule[];

/** A reservation that cannot be read or does not fit this machine. */
export class ReservedMemoryError extends OperatorError {
  override name = "ReservedMemoryError";
}

/** Nothing is reserved. */
export const noReservation: Reservation = [];

/**
 * Reads a reservation in the form of the kubelet's `--reserved-memory`:
 * `0:memory=1Gi,hugepages-2Mi=64Mi;1:memory=500Mi`. A node may come again with other resources, as the kubelet
 * has it. Beyond what the kubelet takes `*` is every node, and an amount may be a percentage: `*:memory=5%`. The empty
 * text reserves nothing. Throws {@link ReservedMemoryError}.
 */
export function parseReservation(text: string): Reservation {
  if (text.trim() === "") return noReservation;
  return together(text.split(";").flatMap(parseGroup));
}

/** Reservations as one. Throws {@link ReservedMemoryError} when one has an amount that another has for the same. */
export function together(rules: Reservation): Reservation {
  const seen = new Map<string, ReservationRule>();
  for (const rule of rules) {
    const key = `${rule.numaNode} ${rule.resource}`;
    const other = seen.get(key);
    if (other !== undefined) {
      throw refusal(rule.text, `${other.text} says something for the same already`);
    }
    seen.set(key, rule);
  }
  return rules;
}

function parseGroup(group: string): Reservation {
  const [, node, entries] = /^\s*(\d{1,4}|\*):(.+)$/.exec(group) ?? [];
  if (node === undefined || entries === undefined) {
    throw refusal(group, "write it as 0:memory=1Gi,hugepages-2Mi=64Mi;1:memory=500Mi, or *:memory=5%");
  }
  const numaNode = node === "*" ? "every" : parseNode(node, group);
  return entries.split(",").map((entry) => {
    const [name = "", ...rest] = entry.trim().split("=");
    const amount = rest.join("=");
    try {
      return {
        numaNode,
        resource: parseResource(name),
        amount: parseAmount(amount),
        text: `${node}:${name}=${amount}`,
      };
    } catch (cause) {
      if (!(cause instanceof QuantityError || cause instanceof ParseError)) throw cause;
      throw refusal(group, cause.message, cause);
    }
  });
}

function parseNode(text: string, group: string): NumaNodeId {
  try {
    return numaNodeId(Number(text));
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw refusal(group, cause.message, cause);
  }
}

function parseAmount(text: string): ReservedAmount {
  if (!text.endsWith("%")) return { kind: "bytes", bytes: parseQuantity(text) };
  const [, whole = "101", fraction = ""] = /^(\d{1,3})(?:\.(\d{1,2}))?%$/.exec(text) ?? [];
  const hundredths = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0"));
  if (hundredths > 10_000n) {
    throw new ParseError(
      `Cannot use as a percentage: ${quoted(text)} (write it as 5% or 0.5%, 100% at most)`,
    );
  }
  return { kind: "percent", hundredths };
}

/** `hugepages-2Mi`, as Kubernetes writes it, with the page size in any spelling. */
function parseResource(name: string): ResourceName {
  if (name === "memory") return memoryResource;
  const [, size] = /^hugepages-(.+)$/.exec(name) ?? [];
  if (size === undefined) throw new ParseError(`Unknown resource ${quoted(name)}`);
  return hugepagesResource(parseWrittenPageSize(size));
}

function refusal(text: string, why: string, cause?: Error): ReservedMemoryError {
  return new ReservedMemoryError(`Cannot reserve memory: ${quoted(text)}: ${why}`, { cause });
}
