import assert from "node:assert/strict";
import type { ClaimedContainer } from "../../../core/status/driver_status.ts";
import { ClusterUnavailableError } from "../../../core/ports/claim_source.ts";
import { FindFailedResizes } from "../../../core/use_cases/find_failed_resizes.ts";
import { containerId } from "../../../core/values/ids.ts";
import { parsePageSize } from "../../../core/values/page_size.ts";
import { MiB, podOf } from "../samples.ts";

const busy = "write hugetlb.2MB.max: device or resource busy";

/** A container of the pod of a number, with hugepages unless told otherwise. */
function container(pod: number, pages = 4n * MiB): ClaimedContainer {
  return {
    id: containerId(`c${pod}`),
    name: "app",
    pod: podOf(pod),
    claims: [],
    shares: [],
    podLimitsRestored: 0,
    adjustment: { mems: "0", hugetlbBytes: new Map(pages === 0n ? [] : [[parsePageSize("2m"), pages]]) },
  };
}

/** A cluster in which the resize of the pod of number 2 fails. */
function cluster() {
  const asked: string[] = [], time = { now: 0 };
  const resizes = new FindFailedResizes({
    source: {
      failure: ({ name, uid }) => {
        asked.push(name);
        return Promise.resolve(uid === podOf(2).uid ? busy : undefined);
      },
    },
    shortly: (look) => look,
    now: () => time.now,
  });
  return { resizes, asked, time };
}

Deno.test("each pod with hugepages is asked about once, and those that failed are told", async () => {
  const { resizes, asked } = cluster();
  const found = await resizes.of([container(1), container(1), container(2), container(3, 0n)]);
  assert.deepEqual(found, { failed: [{ pod: podOf(2), message: busy }] });
  assert.deepEqual(asked, [podOf(1).name, podOf(2).name]);
});

Deno.test("who asks again within ten seconds gets what was found, later it is looked at anew", async () => {
  const { resizes, asked, time } = cluster();
  for (const seconds of [0, 9.9, 10]) {
    time.now = seconds * 1000;
    assert.equal((await resizes.of([container(2)])).failed.length, 1);
  }
  assert.equal(asked.length, 2);
});

Deno.test("nobody is asked about where no pod has hugepages", async () => {
  const { resizes, asked } = cluster();
  assert.deepEqual(await resizes.of([container(1, 0n)]), { failed: [] });
  assert.deepEqual(asked, []);
});

Deno.test("an API server that is away is told as the reason why more is not known", async () => {
  const failure = () => Promise.reject(new ClusterUnavailableError("Cannot read pod a/b: no answer"));
  const resizes = new FindFailedResizes({ source: { failure }, shortly: (look) => look, now: () => 0 });
  assert.deepEqual(await resizes.of([container(1)]), {
    failed: [],
    unknown: "Cannot read pod a/b: no answer",
  });
});

Deno.test("an answer does not wait for an API server that is silent, and one look is enough", async () => {
  let asked = 0;
  const failure = () => {
    asked++;
    return new Promise<undefined>(() => {});
  };
  const resizes = new FindFailedResizes({
    source: { failure },
    shortly: () => Promise.resolve(),
    now: () => 60_000 * asked,
  });
  for (let time = 0; time < 2; time++) {
    assert.match((await resizes.of([container(1)])).unknown ?? "", /has not answered yet/);
  }
  assert.equal(asked, 1);
});
