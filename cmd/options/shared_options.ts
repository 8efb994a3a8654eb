import { type Command, Option } from "commander";
import { type RuntimeName, runtimeNames } from "../../adapters/operations/runtimes/runtime_names.ts";
import {
  noReservation,
  parseReservation,
  type Reservation,
  ReservedMemoryError,
  together,
} from "../../core/devices/reservation.ts";
import { parseWrittenPageSize } from "../../core/values/written_page_size.ts";
import type { PageSize } from "../../core/values/page_size.ts";
import { UsageError } from "../ui/fail.ts";
import { ParseError } from "../../core/values/parse_error.ts";

/** The options that several commands have, as a command that has them finds them. */
export interface SharedOptions {
  readonly sysfsRoot: string;
  readonly procfsRoot: string;
  /** Undefined for the one below sysfsRoot. */
  readonly smbiosTable?: string;
  readonly reservedMemory: WrittenReservation;
  /** Whether what is reserved on nodes that this machine does not have is an error. */
  readonly reservedMemoryStrict: boolean;
  /** Of a copied machine whose copy does not tell it. */
  readonly pageSize?: PageSize;
  readonly cdiDir: string;
  /** Undefined to find the hierarchy, empty where pods' limits are left alone. */
  readonly cgroupMount?: string;
  readonly kubeletRoot: string;
  /** Undefined for that of the kubelet that runs. */
  readonly kubeletConfig?: string;
  readonly nriSocket: string;
  /** Undefined for the one that the kubelet uses. */
  readonly runtime?: RuntimeName;
  /** containerd's main file, CRI-O's directory or its `FILE:DIRECTORY`; undefined for that of the one that the kubelet uses. */
  readonly runtimeConfig?: string;
  readonly runDir: string;
}

/** Where everything is unless told otherwise. */
export const usualPlaces = {
  sysfsRoot: "/sys",
  procfsRoot: "/proc",
  cdiDir: "/var/run/cdi",
  kubeletRoot: "/var/lib/kubelet",
  nriSocket: "/var/run/nri/nri.sock",
  runDir: "/run/dramemory",
} as const satisfies Partial<SharedOptions>;

const catalog: { readonly [Name in keyof SharedOptions]-?: readonly [flags: string, help: string] } = {
  sysfsRoot: ["--sysfs-root <dir>", "stands in for /sys, to look at a copy of another machine's files"],
  procfsRoot: ["--procfs-root <dir>", "stands in for /proc, to look at a copy of another machine's files"],
  smbiosTable: [
    "--smbios-table <file>",
    "the firmware's SMBIOS table, which tells high-bandwidth memory (default: firmware/dmi/tables/DMI below --sysfs-root)",
  ],
  reservedMemory: [
    "--reserved-memory <amounts>",
    "what is kept from claims, as the kubelet writes it: 0:memory=1Gi,hugepages-2Mi=64Mi;1:memory=500Mi; on every " +
    "node: *:memory=5%; kubelet: what the kubelet keeps by its configuration; several times: all of it",
  ],
  reservedMemoryStrict: [
    "--reserved-memory-strict",
    "what is kept on a node or of a page size that this machine does not have is an error, and not ignored",
  ],
  pageSize: ["--page-size <size>", "the size of a base page of a copied machine whose copy does not tell it"],
  cdiDir: ["--cdi-dir <dir>", "where the driver keeps prepared claims, as CDI specifications"],
  cgroupMount: [
    "--cgroup-mount <dir>",
    "the cgroup v2 hierarchy (default: the mounted one that carries hugetlb)",
  ],
  kubeletRoot: ["--kubelet-root <dir>", "the kubelet's directory"],
  kubeletConfig: [
    "--kubelet-config <file>",
    "the kubelet's configuration (default: that of the kubelet that runs, or /var/lib/kubelet/config.yaml)",
  ],
  nriSocket: ["--nri-socket <path>", "the runtime's NRI socket"],
  runtime: ["--runtime <name>", "the container runtime (default: the one that the kubelet uses)"],
  runtimeConfig: [
    "--runtime-config <path>",
    "containerd's main file, or CRI-O's directory or FILE:DIRECTORY (default: that of the one that the kubelet uses)",
  ],
  runDir: ["--run-dir <dir>", "where the driver's socket for dramemory status is"],
};

/** An option of the catalog, with more to its help where a command needs it. */
export function sharedOption(name: keyof SharedOptions, addition = ""): Option {
  const [flags, help] = catalog[name];
  const option = new Option(flags, help + addition);
  if (Object.hasOwn(usualPlaces, name)) option.default(usualPlaces[name as keyof typeof usualPlaces]);
  if (name === "reservedMemory") option.argParser(reservedMemory).default(nothingReserved, "nothing");
  if (name === "reservedMemoryStrict") option.default(false);
  if (name === "pageSize") option.argParser(pageSize);
  if (name === "runtime") option.choices(runtimeNames);
  return option;
}

/** What a shared option was set to; undefined where it has its default, for which something better may be found. */
export function givenOption<Name extends keyof SharedOptions>(
  command: Command,
  name: Name,
): SharedOptions[Name] | undefined {
  return command.getOptionValueSource(name) === "default" ? undefined : command.getOptionValue(name);
}

/** Adds options of the catalog to a command, in this order. */
export function withSharedOptions(command: Command, ...names: (keyof SharedOptions)[]): Command {
  return names.reduce((command, name) => command.addOption(sharedOption(name)), command);
}

/** What `--reserved-memory` comes to, given any number of times. */
export interface WrittenReservation {
  readonly rules: Reservation;
  /** Whether the kubelet's own is added. */
  readonly kubelet: boolean;
}

/** Nothing is reserved. */
const nothingReserved: WrittenReservation = { rules: noReservation, kubelet: false };

function reservedMemory(text: string, { rules, kubelet }: WrittenReservation): WrittenReservation {
  if (text.trim() === "kubelet") return { rules, kubelet: true };
  try {
    return { rules: together([...rules, ...parseReservation(text)]), kubelet };
  } catch (cause) {
    if (!(cause instanceof ReservedMemoryError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}

function pageSize(text: string): PageSize {
  try {
    return parseWrittenPageSize(text);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new UsageError(`--page-size: ${cause.message}`, { cause });
  }
}
