import { CdiCheckpoint } from "../../../../adapters/driver/cdi/cdi_checkpoint.ts";
import { SoleInstance } from "../../../../adapters/driver/cdi/instances.ts";
import { SharedInstances } from "../../../../adapters/driver/cdi/shared_instances.ts";
import {
  type FileOperations,
  systemFileOperations,
} from "../../../../adapters/shared/files/file_operations.ts";
import type { PreparedClaim } from "../../../../core/claims/claim.ts";
import { ClaimStore } from "../../../../core/claims/claim_store.ts";
import { EventList } from "../../../core/fakes/event_list.ts";

/** The only instance of a driver, in a boot of the machine. */
export function checkpointIn(
  directory: string,
  operations: FileOperations = systemFileOperations,
  bootId = "boot",
): CdiCheckpoint {
  return new CdiCheckpoint({ directory, bootId, instances: new SoleInstance(), operations });
}

/** What the next start of a driver finds. */
export async function startIn(directory: string, operations?: FileOperations) {
  const events = new EventList();
  const store = new ClaimStore(checkpointIn(directory, operations), events);
  await store.recover();
  return { store, claims: [...store.claims()], damaged: [...store.damaged], events };
}

/** One of several instances on a node, which share a directory and a lock in it. */
export interface StoreInstance {
  readonly store: ClaimStore;
  readonly checkpoint: CdiCheckpoint;
}

export function sharingInstance(
  directory: string,
  operations: FileOperations = systemFileOperations,
): StoreInstance {
  const instances = new SharedInstances(`${directory}/serialize.lock`, operations);
  const checkpoint = new CdiCheckpoint({ directory, bootId: "boot", instances, operations });
  return { store: new ClaimStore(checkpoint, new EventList()), checkpoint };
}

/** Prepares claims, side by side. */
export async function prepareAll({ store }: Pick<StoreInstance, "store">, ...claims: PreparedClaim[]) {
  await Promise.all(claims.map((claim) =>
    store.prepare({
      uid: claim.reference.uid,
      propose: () => claim,
      confirm: () => Promise.resolve(),
    })
  ));
}

/** Releases claims, side by side. */
export async function releaseAll({ store }: Pick<StoreInstance, "store">, ...claims: PreparedClaim[]) {
  await Promise.all(claims.map(({ reference: { uid } }) => store.release(uid)));
}

/** What an instance knows after a look. */
export async function known({ store }: Pick<StoreInstance, "store">): Promise<PreparedClaim[]> {
  await store.sync();
  return [...store.claims()].sort((a, b) => a.reference.uid < b.reference.uid ? -1 : 1);
}

/** Runs a test in a directory of its own. */
export async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
