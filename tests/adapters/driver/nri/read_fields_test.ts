import { BinaryWriter } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import assert from "node:assert/strict";
import {
  eventPodAndContainer,
  onlyRead,
  podAndContainer,
} from "../../../../adapters/driver/nri/read_fields.ts";
import * as nri from "../../../../adapters/protocols/nri/generated/nri.ts";
import { decodeEnvironment, EnvironmentError, showsClaims } from "../../../../core/claims/environment.ts";
import { hasForm, maxVariables } from "../../../../core/claims/variable_form.ts";

const uid = "1de0c0de-0000-4000-8000-000000000001";
const own = [`DRAMEMORY_${uid}_NUMANodes=0`, `DRAMEMORY_${uid}_memory=numanode:0,size:1Mi`];

const text = fc.oneof(fc.string(), fc.constant("x".repeat(300)));
const variable = fc.oneof(
  fc.constantFrom(
    ...own,
    "PATH=/bin",
    "DRAMEMORY_SERVICE_HOST=10.0.0.1",
    "DRAMEMORY_",
    `LONG=${"x".repeat(300)}`,
  ),
  fc.tuple(
    fc.constantFrom("a", uid),
    fc.constantFrom("NUMANodes", "memory", "x"),
    fc.string({ unit: "binary" }),
  )
    .map(([uid, key, value]) => `DRAMEMORY_${uid}_${key}=${value}`),
  fc.string({ unit: "binary" }),
);
const environment = fc.tuple(fc.array(variable), fc.constantFrom(1, 1, 30, 500), variable).map(
  ([some, times, last]) => [...Array.from({ length: times }, () => some).flat(), last],
);
const container = fc.record({
  id: text,
  podSandboxId: text,
  name: text,
  state: fc.constantFrom(0, 3, 4),
  args: fc.array(text),
  env: environment,
  linux: fc.record({
    cgroupsPath: text,
    resources: fc.record({ cpu: fc.record({ cpus: text, mems: text }), unified: fc.dictionary(text, text) }),
  }),
});
const pod = fc.record({
  id: text,
  name: text,
  uid: text,
  namespace: text,
  linux: fc.record({ cgroupParent: text }),
});

Deno.test("of a request everything stays but arguments and variables that cannot be the driver's", () => {
  fc.assert(fc.property(pod, container, (pod, container) => {
    const message = nri.CreateContainerRequest.fromPartial({ pod, container });
    const read = readOf(nri.CreateContainerRequest, message);
    const { env, ...rest } = read.container ?? assert.fail();
    assert.deepEqual({ pod: read.pod, container: rest }, {
      pod: message.pod,
      container: { ...withoutEnvironment(message.container), args: [] },
    });
    // Which of them cannot be told from text that is no text any more, as half a character is.
    const all = nri.Container.decode(nri.Container.encode(nri.Container.fromPartial(container)).finish()).env;
    assert.deepEqual(env, all.filter(hasForm).slice(0, env.length));
    assert.equal(judged(env), judged(all));
  }));
});

Deno.test("an update's limits stay, a list's containers and whether there are more, an event's number", () => {
  fc.assert(fc.property(pod, container, fc.boolean(), (pod, container, more) => {
    const linuxResources = { memory: { limit: { value: 5n } } };
    const update = nri.UpdateContainerRequest.fromPartial({ pod, container, linuxResources });
    assert.deepEqual(
      readOf(nri.UpdateContainerRequest, update).linuxResources,
      update.linuxResources,
    );
    const list = nri.SynchronizeRequest.fromPartial({
      pods: [pod, pod],
      containers: [container, container],
      more,
    });
    const read = readOf(nri.SynchronizeRequest, list);
    assert.equal(read.more, more);
    assert.deepEqual(read.pods, list.pods);
    assert.deepEqual(read.containers.map(({ id }) => id), list.containers.map(({ id }) => id));
    const event = nri.StateChangeEvent.fromPartial({ event: nri.Event.REMOVE_CONTAINER, pod, container });
    const readEvent = nri.StateChangeEvent.decode(
      onlyRead(nri.StateChangeEvent.encode(event).finish(), eventPodAndContainer),
    );
    assert.deepEqual([readEvent.event, readEvent.container?.id], [event.event, container.id]);
  }));
});

for (const [message, field] of [["PodSandbox", 1], ["Container", 2]] as const) {
  Deno.test(`every field that nri.proto has of a ${message} is read, but arguments`, async () => {
    const proto = await Deno.readTextFile("adapters/protocols/nri/proto/nri.proto");
    const [, body = ""] = new RegExp(`^message ${message} \\{\n(.*?)^\\}`, "ms").exec(proto) ?? [];
    const declared = [...body.matchAll(/(\w+) = (\d+);/g)].filter(([, name]) => name !== "args");
    assert.ok(declared.length > 4);
    for (const [, name, number] of declared) {
      const inner = new BinaryWriter().uint32(Number(number) << 3 | 2).string(`DRAMEMORY_${uid}_memory=`)
        .finish();
      const request = new BinaryWriter().uint32(field << 3 | 2).bytes(inner).finish();
      assert.deepEqual(onlyRead(request, podAndContainer), request, name);
    }
  });
}

/** What a pod can bring most of, in 1.4 MB. */
const floods = {
  "empty arguments": { args: Array.from({ length: 700_000 }, () => "") },
  "variables of other names": {
    env: Array.from({ length: 150_000 }, (_, index) => `${index.toString(36)}=`),
  },
  "variables that begin as the driver's": {
    env: Array.from({ length: 75_000 }, (_, index) => `DRAMEMORY_A${index % 10}`),
  },
  "variables of the driver's form": {
    env: Array.from({ length: 23_000 }, (_, index) => `DRAMEMORY_${uid}_memory=${index}`),
  },
};

for (const [what, flood] of Object.entries(floods)) {
  Deno.test(`of 1.4 MB of ${what} a tenth is decoded at most, and what the container has of its claims is seen`, () => {
    const container = nri.Container.fromPartial({ id: "c1", ...flood });
    const request = { pod: undefined, container: { ...container, env: [...container.env, ...own] } };
    const encoded = nri.CreateContainerRequest.encode(request).finish();
    const left = onlyRead(encoded, podAndContainer);
    assert.ok(left.length < encoded.length / 10, `${left.length} of ${encoded.length}`);
    const { env } = nri.CreateContainerRequest.decode(left).container ?? assert.fail();
    assert.ok(showsClaims(env));
    if (container.env.filter(hasForm).length === 0) assert.deepEqual(env, own);
    else assert.throws(() => decodeEnvironment(env), EnvironmentError);
  });
}

Deno.test("variables that are too many are too many in any script", () => {
  const long = `DRAMEMORY_${uid}_memory=${"中".repeat(600)}`;
  const env = [...Array.from({ length: 200 }, () => long), ...own];
  const read = readOf(
    nri.CreateContainerRequest,
    nri.CreateContainerRequest.fromPartial({ container: { env } }),
  );
  assert.ok((read.container?.env.length ?? 0) < maxVariables);
  assert.throws(() => decodeEnvironment(read.container?.env ?? []), EnvironmentError);
});

Deno.test("fields that nobody knows yet are passed over, of whatever type", () => {
  const known = nri.Container.encode(nri.Container.fromPartial({ id: "c1", env: own })).finish();
  const unknown = new BinaryWriter().uint32(100 << 3).uint64(1n << 60n).uint32(101 << 3 | 1).fixed64(1n)
    .uint32(102 << 3 | 5).fixed32(1).uint32(103 << 3 | 2).string("x".repeat(300)).finish();
  const request = new BinaryWriter().uint32(2 << 3 | 2).bytes(
    Uint8Array.from([...unknown, ...known, ...unknown]),
  );
  const read = nri.CreateContainerRequest.decode(onlyRead(request.finish(), podAndContainer));
  assert.deepEqual(read.container, nri.Container.fromPartial({ id: "c1", env: own }));
});

Deno.test("fields that nobody reads are passed over as often as they come, with any number", () => {
  // Tags of one byte are those below 16, and the first byte of one below 32 looks like the whole of it.
  const number = fc.oneof(fc.integer({ min: 12, max: 33 }), fc.integer({ min: 34, max: 5_000 }));
  const fields = fc.array(
    fc.tuple(number, fc.integer({ min: 1, max: 4 }), fc.string()),
  );
  fc.assert(fc.property(fields, (fields) => {
    const container = new BinaryWriter().uint32(1 << 3 | 2).string("id");
    // As the runtime names several CDI devices, each a message of its own.
    for (const [number, times, text] of fields) {
      for (let time = 0; time < times; time++) {
        container.uint32(number << 3 | 2).fork().uint32(1 << 3 | 2).string(text).join();
      }
    }
    const bytes = new BinaryWriter().uint32(2 << 3 | 2).bytes(container.finish()).finish();
    const read = nri.CreateContainerRequest.decode(onlyRead(bytes, podAndContainer)).container;
    assert.deepEqual(read, nri.Container.fromPartial({ id: "id" }));
  }));
});

Deno.test("bytes that are no message are told as such, and nothing else is", () => {
  const encoded = nri.CreateContainerRequest.encode(
    nri.CreateContainerRequest.fromPartial({
      pod: { id: "p" },
      container: { id: "c", env: [...own, "A=1"] },
    }),
  ).finish();
  const mutated = fc.tuple(fc.nat(encoded.length - 1), fc.nat(255)).map(([at, byte]) =>
    encoded.with(at, byte)
  );
  fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), mutated), (bytes) => {
    try {
      assert.ok(onlyRead(bytes, podAndContainer).length <= bytes.length);
    } catch (error) {
      assert.ok(error instanceof RangeError, `${error}`);
    }
  }));
  for (const cut of [encoded.length - 1, encoded.length - 40]) {
    assert.throws(() => onlyRead(encoded.subarray(0, cut), podAndContainer), RangeError);
  }
});

for (const [what, number] of [["argument", 7], ["variable", 8]] as const) {
  Deno.test(`the end of a container inside its last ${what} is told, also after others`, () => {
    const inner = new BinaryWriter().uint32(number << 3 | 2).string("A=1").uint32(number << 3 | 2).uint32(9)
      .finish();
    const request = new BinaryWriter().uint32(2 << 3 | 2).bytes(inner).uint32(3 << 3 | 2).string(
      "x".repeat(20),
    )
      .finish();
    assert.throws(() => onlyRead(request, podAndContainer), RangeError);
  });
}

function readOf<Message>(type: nri.MessageFns<Message>, message: Message): Message {
  return type.decode(onlyRead(type.encode(message).finish(), podAndContainer));
}

function withoutEnvironment(container: nri.Container | undefined): Omit<nri.Container, "env"> {
  const { env: _, ...rest } = container ?? assert.fail();
  return rest;
}

/** What the core makes of an environment. */
function judged(env: readonly string[]): string {
  if (!showsClaims(env)) return "no claims";
  try {
    return decodeEnvironment(env).map(({ claim, request }) => `${claim} ${request}`).join();
  } catch (error) {
    assert.ok(error instanceof EnvironmentError);
    return "refused";
  }
}
