import assert from "node:assert/strict";
import type { DeviceHealth } from "../../../core/devices/health.ts";
import { HealthBoard } from "../../../core/devices/health_board.ts";
import { numaNodeId } from "../../../core/values/ids.ts";
import { memoryResource } from "../../../core/values/resource_name.ts";

function memory(message: string | undefined): DeviceHealth[] {
  const problem = message === undefined ? undefined : { reason: "Offline" as const, message };
  return [{ pool: "p", device: "memory-numa0", resource: memoryResource, numaNode: numaNodeId(0), problem }];
}

Deno.test("the board is empty at first, and then holds what was posted last and when", () => {
  let time = 5;
  const board = new HealthBoard(() => time);
  assert.deepEqual(board.current.devices, []);
  board.post(memory(undefined));
  time = 7;
  board.post(memory(undefined));
  assert.deepEqual(board.current, { devices: memory(undefined), unixMilliseconds: 7 });
});

Deno.test("listeners are told of changes and of nothing else", () => {
  const board = new HealthBoard(() => 0);
  const told: unknown[] = [];
  board.subscribe(() => told.push(board.current.devices[0]?.problem?.message));
  for (const problem of [undefined, undefined, "offline", "offline", undefined]) board.post(memory(problem));
  assert.deepEqual(told, [undefined, "offline", undefined]);
});

Deno.test("a listener that unsubscribed hears nothing more, the others do", () => {
  const board = new HealthBoard(() => 0);
  let calls = 0;
  const listener = () => calls++;
  const unsubscribe = board.subscribe(listener);
  board.subscribe(listener);
  board.post(memory("a"));
  unsubscribe();
  unsubscribe();
  board.post(memory("b"));
  assert.equal(calls, 3);
});
