import * as v from "valibot";
import { type ApiObject, parseObject, type SubmittedObject } from "./api_object.ts";
import type { ObjectStore, Preconditions } from "./object_store.ts";
import { apiVersionOf, type Resource, resourceClaims } from "./resources.ts";
import type { Route } from "./route.ts";
import { parseSelection } from "./selection.ts";
import { badRequest, StatusError } from "./status.ts";

const maxBodyBytes = 3 * 2 ** 20;

/** Prepares an object for storing, as the feature gates want it. */
export type Preparation = (resource: Resource, object: SubmittedObject) => SubmittedObject;

/** Answers a request that is no watch. Throws `StatusError`. */
export async function answer(
  request: Request,
  query: URLSearchParams,
  { resource, namespace, name, status }: Route,
  store: ObjectStore,
  prepare: Preparation,
): Promise<Response> {
  const selection = () => parseSelection(resource, query.get("fieldSelector"), namespace);
  const submitted = async () => prepare(resource, parseObject(await readJson(request)));
  if (name === undefined) {
    switch (request.method) {
      case "GET":
        return Response.json(listOf(resource, store.list(resource, selection()), store.version));
      case "POST":
        if (resource.namespaced && namespace === undefined) break;
        return Response.json(store.create(resource, await submitted(), namespace), { status: 201 });
      case "DELETE": {
        const found = store.list(resource, selection());
        for (const { metadata } of found) store.remove(resource, metadata);
        return Response.json(listOf(resource, found, store.version));
      }
    }
  } else {
    const key = { namespace, name };
    switch (request.method) {
      case "GET":
        return Response.json(store.get(resource, key));
      case "PUT":
        return Response.json(store.replace(resource, key, await submitted(), status));
      case "PATCH":
        if (!status || resource !== resourceClaims) break;
        return Response.json(
          store.replace(resource, key, withDevices(store.get(resource, key), await submitted()), true),
        );
      case "DELETE":
        if (status) break;
        return Response.json(store.remove(resource, key, readPreconditions(await readJson(request))));
    }
  }
  throw new StatusError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
  );
}

/** Server-side apply as far as drivers need it: the entries of `status.devices` that are given, beside the others. */
function withDevices(former: ApiObject, applied: SubmittedObject): SubmittedObject {
  const given = v.parse(withStatusDevices, applied).status.devices;
  const { status, ...rest } = v.parse(withStatusDevices, former);
  const isGiven = (device: DeviceStatus) => given.some((other) => keyOf(other) === keyOf(device));
  const devices = [...status.devices.filter((device) => !isGiven(device)), ...given];
  const { uid } = applied.metadata;
  return { ...rest, metadata: uid === undefined ? {} : { uid }, status: { ...status, devices } };
}

const deviceStatus = v.looseObject({
  driver: v.string(),
  pool: v.string(),
  device: v.string(),
  shareID: v.optional(v.string()),
});
type DeviceStatus = v.InferOutput<typeof deviceStatus>;

const withStatusDevices = v.looseObject({
  status: v.optional(v.looseObject({ devices: v.optional(v.array(deviceStatus), []) }), { devices: [] }),
});

function keyOf({ driver, pool, device, shareID }: DeviceStatus): string {
  return JSON.stringify([driver, pool, device, shareID]);
}

function listOf(resource: Resource, items: readonly ApiObject[], resourceVersion: string) {
  return {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion },
    items,
  };
}

/** The body as JSON; undefined when it is empty. */
async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > maxBodyBytes) {
    throw new StatusError(413, "RequestEntityTooLarge", `the request is larger than ${maxBodyBytes} bytes`);
  }
  if (text === "") return undefined;
  if (!/^application\/(json|apply-patch\+yaml)\b/.test(request.headers.get("content-type") ?? "")) {
    throw new StatusError(415, "UnsupportedMediaType", "the body of the request must be application/json");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badRequest(`the body of the request is no JSON: ${error.message}`);
  }
}

const deleteOptions = v.optional(v.looseObject({
  preconditions: v.optional(
    v.looseObject({ uid: v.optional(v.string()), resourceVersion: v.optional(v.string()) }),
  ),
}));

function readPreconditions(json: unknown): Preconditions {
  const { success, output, issues } = v.safeParse(deleteOptions, json);
  if (!success) throw badRequest(`the DeleteOptions cannot be read: ${v.summarize(issues)}`);
  return output?.preconditions ?? {};
}
