import fc from "fast-check";

/** A whole cluster as the API server would list it, and the claims of one pod that is to be placed. */
export interface GeneratedCluster {
  readonly slices: readonly unknown[];
  readonly classes: readonly unknown[];
  readonly claims: readonly unknown[];
  readonly wanted: readonly unknown[];
  readonly nodes: readonly string[];
}

const driver = "dra.memory";
const mebi = 1024 * 1024;
const standard = "resource.kubernetes.io";

const resources = {
  "memory": { hugeTLB: false, pageSize: "4k", page: 4096 },
  "hugepages-2m": { hugeTLB: true, pageSize: "2m", page: 2 * mebi },
  "hugepages-1g": { hugeTLB: true, pageSize: "1g", page: 1024 * mebi },
} as const;

type Resource = keyof typeof resources;

const classes = [
  ...Object.entries(resources).map(([name, { hugeTLB, pageSize }]) => ({
    metadata: { name: `dra.${name}` },
    spec: {
      selectors: [{
        cel: {
          expression: `device.driver == "${driver}" && ` +
            (hugeTLB
              ? `device.attributes["${standard}"].hugeTLB && ` +
                `device.attributes["${standard}"].pageSize == "${pageSize}"`
              : `!device.attributes["${standard}"].hugeTLB`),
        },
      }],
    },
  })),
  {
    metadata: { name: "any" },
    spec: { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }] },
  },
  { metadata: { name: "everything" }, spec: {} },
];

const taint = fc.record({
  key: fc.constantFrom("maintenance", "failing"),
  value: fc.constantFrom("", "yes"),
  effect: fc.constantFrom("NoSchedule", "NoExecute", "None"),
});

const sizes = [
  "0",
  "-1",
  "0.5",
  "1",
  "4096",
  "1Mi",
  "1500Ki",
  "2Mi",
  "3Mi",
  "4Mi",
  "6M",
  "8Mi",
  "1Gi",
  "2Gi",
  "64Gi",
];

/** As this driver publishes devices, or as any driver might. */
type Kind = "ours" | "any";

const usualSizes = sizes.filter((size) => !["-1", "0.5"].includes(size));

function device(kind: Kind, resource: Resource, node: number) {
  const { hugeTLB, pageSize, page } = resources[resource];
  const range = fc.record({
    pages: fc.integer({ min: 2, max: 6 }),
    max: fc.option(fc.integer({ min: 2, max: 3 })),
  });
  const capacity = fc.oneof(
    {
      weight: 1,
      arbitrary: fc.constant({ pages: 1, policy: { default: `${page}`, validValues: [`${page}`] } }),
    },
    {
      weight: 4,
      arbitrary: range.map(({ pages, max }) => ({
        pages,
        policy: {
          default: `${page}`,
          validRange: { min: `${page}`, step: `${page}`, ...(max === null ? {} : { max: `${page * max}` }) },
        },
      })),
    },
    {
      weight: 1,
      arbitrary: fc.constant({
        pages: 4,
        policy: { default: `${page}`, validValues: [`${page}`, `${page * 3}`] },
      }),
    },
    ...(kind === "ours" ? [] : [{ weight: 1, arbitrary: fc.constant({ pages: 5, policy: undefined }) }]),
  );
  return fc.record({
    capacity,
    socket: fc.boolean(),
    extra: fc.option(fc.constantFrom("fast", "slow")),
    shared: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0 || kind === "ours"),
    taints: fc.oneof(
      { weight: 6, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(taint, { minLength: 1, maxLength: 2 }) },
    ),
  }).map(({ capacity: { pages, policy }, socket, extra, shared, taints }) => ({
    name: `${resource}-numa${node}`,
    attributes: {
      [`${standard}/numaNode`]: { int: node },
      [`${standard}/pageSize`]: { string: pageSize },
      [`${standard}/hugeTLB`]: { bool: hugeTLB },
      ...(socket ? { socket: { int: node >> 1 } } : {}),
      ...(extra === null ? {} : { [`${driver}/tier`]: { string: extra } }),
    },
    capacity: {
      size: {
        value: `${page * pages}`,
        ...(shared && policy !== undefined ? { requestPolicy: policy } : {}),
      },
    },
    ...(shared ? { allowMultipleAllocations: true } : {}),
    ...(taints.length === 0 ? {} : { taints }),
  }));
}

interface RawDevice {
  readonly name: string;
  readonly capacity: { readonly size: { readonly value: string } };
}

interface RawSlice {
  readonly spec: { readonly pool: { readonly name: string }; readonly devices: readonly RawDevice[] };
}

function pool(kind: Kind, node: string, resource: Resource) {
  return fc.record({
    devices: fc.integer({ min: 1, max: 3 }).chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, index) => device(kind, resource, index)))
    ),
    state: fc.oneof(
      { weight: 12, arbitrary: fc.constant("whole") },
      fc.constantFrom("incomplete", "older too", "twice", "two slices"),
    ),
    reversed: fc.boolean(),
  }).map(({ devices, state, reversed }) => {
    const slice = (
      suffix: string,
      generation: number,
      resourceSliceCount: number,
      devices: readonly RawDevice[],
    ) => ({
      metadata: { name: `${suffix}-${driver}-${node}-${resource}` },
      spec: {
        driver,
        nodeName: node,
        pool: { name: `${node}/${resource}`, generation, resourceSliceCount },
        devices,
      },
    });
    switch (state) {
      case "incomplete":
        return [slice("00000", 1, 2, devices)];
      case "older too":
        return [slice("00000", 1, 1, devices.slice(0, 1)), slice("00001", 2, 1, devices)];
      case "twice":
        return [slice("00000", 1, 2, devices), slice("00001", 1, 2, devices.slice(0, 1))];
      case "two slices": {
        const parts = [slice("00000", 3, 2, devices.slice(0, 1)), slice("00001", 3, 2, devices.slice(1))];
        return reversed ? parts.reverse() : parts;
      }
      default:
        return [slice("00000", 1, 1, devices)];
    }
  });
}

const selector = fc.constantFrom(
  `device.attributes["${standard}"].numaNode == 1`,
  `device.attributes["${standard}"].numaNode in [0, 2]`,
  `device.attributes["${standard}"].numaNode == "1"`,
  `device.attributes["${driver}"].tier == "fast"`,
  `has(device.attributes["${driver}"].tier) && device.attributes["${driver}"].tier != "slow"`,
  `device.attributes["${driver}"].?socket.orValue(0) == 0`,
  `cel.bind(a, device.attributes["${standard}"], a.hugeTLB || a.numaNode > 0)`,
  `device.capacity["${driver}"].size.compareTo(quantity("8Mi")) >= 0`,
  `device.capacity["${driver}"].size.isLessThan(quantity("1Gi"))`,
  `device.allowMultipleAllocations`,
  `device.attributes["other.example.com"].x == 1 || true`,
  `"x" in device.attributes["other.example.com"]`,
);

const seldom = <T>(value: fc.Arbitrary<T>, otherwise: T, weight = 8) =>
  fc.oneof({ weight, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: value });

const askOf = (kind: Kind) =>
  fc.record({
    deviceClassName: fc.oneof(
      {
        weight: 20,
        arbitrary: fc.constantFrom(
          "dra.memory",
          "dra.hugepages-2m",
          "dra.hugepages-2m",
          "dra.hugepages-1g",
          "any",
        ),
      },
      { weight: 2, arbitrary: fc.constant("everything") },
      { weight: 1, arbitrary: fc.constant("missing") },
    ),
    selectors: fc.array(selector, { maxLength: 1 }),
    mode: seldom(fc.constant("All"), "ExactCount", 6),
    count: seldom(fc.integer({ min: 2, max: 3 }), 1, 3),
    capacity: fc.option(
      fc.record({
        keys: fc.oneof(
          { weight: 12, arbitrary: fc.constant(["size"]) },
          fc.constantFrom([`${driver}/size`], ["speed"], ["size", `${driver}/size`]),
        ),
        size: fc.constantFrom(...(kind === "ours" ? sizes : usualSizes)),
      }),
      { freq: 4 },
    ),
    tolerations: seldom(
      fc.array(
        fc.record({
          key: fc.constantFrom("maintenance", "failing", ""),
          operator: fc.constantFrom("Exists", "Equal"),
          value: fc.constantFrom("", "yes"),
          effect: fc.constantFrom("", "NoSchedule"),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      [],
      3,
    ),
  }).map(({ deviceClassName, selectors, mode, count, capacity, tolerations }) => ({
    deviceClassName,
    selectors: selectors.map((expression) => ({ cel: { expression } })),
    allocationMode: mode,
    ...(mode === "All" ? {} : { count }),
    ...(capacity === null ? {} : {
      capacity: { requests: Object.fromEntries(capacity.keys.map((key) => [key, capacity.size])) },
    }),
    tolerations,
  }));

const requestOf = (ask: ReturnType<typeof askOf>) =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.tuple(ask, seldom(fc.constant(true), false, 12)).map(([exactly, adminAccess]) => (
        { exactly: { ...exactly, ...(adminAccess ? { adminAccess } : {}) } }
      )),
    },
    {
      weight: 1,
      arbitrary: fc.array(ask, { minLength: 1, maxLength: 3 }).map((asks) => (
        { firstAvailable: asks.map((one, index) => ({ name: `s${index}`, ...one })) }
      )),
    },
  );

const constraint = fc.record({
  attribute: fc.constantFrom(
    `${standard}/numaNode`,
    `${standard}/numaNode`,
    `${standard}/hugeTLB`,
    `${driver}/socket`,
    `${driver}/tier`,
  ),
  kind: fc.constantFrom("matchAttribute", "distinctAttribute"),
  requests: fc.constantFrom([], ["r0"], ["r0", "r1"], ["r1", "r2"], ["r0/s0", "r1"]),
}).map(({ attribute, kind, requests }) => ({ [kind]: attribute, requests }));

const claimOf = (kind: Kind) =>
  fc.record({
    requests: fc.array(requestOf(askOf(kind)), { minLength: 1, maxLength: 3 }),
    constraints: seldom(fc.array(constraint, { minLength: 1, maxLength: 2 }), [], 1),
  }).map(({ requests, constraints }) => ({
    devices: { requests: requests.map((one, index) => ({ name: `r${index}`, ...one })), constraints },
  }));

/** Claims that hold some of the devices already. */
function allocated(slices: readonly RawSlice[]): fc.Arbitrary<unknown[]> {
  const devices = slices.flatMap(({ spec }) =>
    spec.devices.map((device) => ({ pool: spec.pool.name, device }))
  );
  const held = fc.record({
    located: fc.constantFrom(...devices),
    quarter: fc.integer({ min: 1, max: 4 }),
    how: fc.oneof({ weight: 10, arbitrary: fc.constant("share") }, fc.constantFrom("whole", "admin")),
  });
  return fc.array(held, { maxLength: devices.length }).map((all) =>
    all.map(({ located: { pool, device }, quarter, how }, index) => ({
      metadata: { name: `held-${index}`, namespace: "default", uid: `held-${index}` },
      spec: { devices: { requests: [] } },
      status: {
        allocation: {
          devices: {
            results: [{
              request: "r",
              driver,
              pool,
              device: device.name,
              ...(how === "admin" ? { adminAccess: true } : {}),
              ...(how === "whole" ? {} : {
                shareID: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
                consumedCapacity: { size: `${Math.floor(Number(device.capacity.size.value) / 4) * quarter}` },
              }),
            }],
          },
        },
      },
    }))
  );
}

/** A cluster of up to three small nodes, half full, and one or two claims. */
export const generatedCluster: fc.Arbitrary<GeneratedCluster> = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.constantFrom<Kind>("ours", "any"),
).chain(([count, kind]) => {
  const nodes = Array.from({ length: count }, (_, index) => `node-${index}`);
  const pools = nodes.flatMap((node) =>
    (Object.keys(resources) as Resource[]).map((resource) => pool(kind, node, resource))
  );
  const claims = fc.array(claimOf(kind), { minLength: 1, maxLength: 2 });
  return fc.tuple(fc.tuple(...pools), claims).chain(([pools, specs]) => {
    const slices = pools.flat();
    return allocated(slices).map((claims) => ({
      slices,
      classes,
      claims,
      wanted: specs.map((spec, index) => ({
        metadata: { name: `wanted-${index}`, namespace: "default", uid: `wanted-${index}` },
        spec,
      })),
      nodes,
    }));
  });
});
