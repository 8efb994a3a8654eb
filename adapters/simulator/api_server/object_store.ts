import { equal } from "../../../core/values/equal.ts";
import type { ApiObject, Identity, SubmittedObject } from "./api_object.ts";
import { EventHistory } from "./event_history.ts";
import { chooseName } from "./names.ts";
import { apiVersionOf, qualifiedName, type Resource } from "./resources.ts";
import type { Selection } from "./selection.ts";
import { badRequest, conflict, invalid, notFound, StatusError } from "./status.ts";

/** Where an object is found. */
export interface ObjectKey {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** What must hold for an object to be removed. */
export interface Preconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/**
 * Objects of all resources in memory, with the API server's rules for names, versions and conflicts.
 *
 * Every method throws `StatusError` for what the API server would refuse.
 */
export class ObjectStore {
  readonly history = new EventHistory();
  readonly #objects = new Map<string, ApiObject>();
  #version = 1;

  /** The version of the whole store, which every change raises. */
  get version(): string {
    return String(this.#version);
  }

  /** The objects of a resource by name; all of them without a selection. */
  list(resource: Resource, selection: Selection = () => true): ApiObject[] {
    const prefix = `${qualifiedName(resource)}/`;
    return [...this.#objects].filter(([path, object]) => path.startsWith(prefix) && selection(object))
      .map(([, object]) => object)
      .sort((a, b) => a.metadata.name < b.metadata.name ? -1 : 1);
  }

  get(resource: Resource, key: ObjectKey): ApiObject {
    const object = this.#objects.get(pathOf(resource, key));
    if (object === undefined) throw notFound(qualifiedName(resource), key.name);
    return object;
  }

  /** Adds an object. A status that it brings counts for nothing where statuses are written by themselves. */
  create(resource: Resource, object: SubmittedObject, namespace?: string): ApiObject {
    const name = chooseName(resource.kind, object.metadata);
    if (this.#objects.has(pathOf(resource, { namespace, name }))) {
      throw new StatusError(409, "AlreadyExists", `${qualifiedName(resource)} "${name}" already exists`);
    }
    validate(resource, name, object, undefined);
    const identity = {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: crypto.randomUUID(),
      creationTimestamp: new Date().toISOString().replace(/\.\d+/, ""),
    };
    const added = this.#versioned(
      resource,
      resource.hasStatus ? withStatus(object, undefined) : object,
      identity,
    );
    this.#objects.set(pathOf(resource, identity), added);
    this.history.append({ type: "ADDED", resource, object: added });
    return added;
  }

  /**
   * Replaces an object: its status alone, or all but its status. A version in the new object must be the
   * current one; content that is the current one changes nothing, and no version.
   */
  replace(resource: Resource, key: ObjectKey, submitted: SubmittedObject, statusOnly = false): ApiObject {
    const former = this.get(resource, key);
    const identity = identityOf(former);
    const { name = key.name, uid = identity.uid, resourceVersion } = submitted.metadata;
    if (name !== key.name) throw badRequest(`the name of the object (${name}) is not that of the URL`);
    const stale = resourceVersion !== undefined && resourceVersion !== former.metadata.resourceVersion;
    if (stale || uid !== identity.uid) throw conflict(qualifiedName(resource), name);
    if (!statusOnly) validate(resource, name, submitted, former);

    const object = statusOnly
      ? withStatus(former, submitted.status)
      : resource.hasStatus
      ? withStatus(submitted, former.status)
      : submitted;
    if (equal(this.#versioned(resource, object, identity, former.metadata.resourceVersion), former)) {
      return former;
    }
    const replaced = this.#versioned(resource, object, identity);
    this.#objects.set(pathOf(resource, key), replaced);
    this.history.append({ type: "MODIFIED", resource, object: replaced });
    return replaced;
  }

  remove(resource: Resource, key: ObjectKey, { uid, resourceVersion }: Preconditions = {}): ApiObject {
    const former = this.get(resource, key);
    const { metadata } = former;
    const fits = (uid ?? metadata.uid) === metadata.uid &&
      (resourceVersion ?? metadata.resourceVersion) === metadata.resourceVersion;
    if (!fits) throw conflict(qualifiedName(resource), key.name);
    this.#objects.delete(pathOf(resource, key));
    const removed = this.#versioned(resource, former, identityOf(former));
    this.history.append({ type: "DELETED", resource, object: removed });
    return removed;
  }

  /** The object as it is kept, by default with the next version. */
  #versioned(
    resource: Resource,
    object: SubmittedObject,
    identity: Identity,
    resourceVersion = String(++this.#version),
  ): ApiObject {
    return {
      ...structuredClone(object),
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: { ...structuredClone(object.metadata), ...identity, resourceVersion },
    };
  }
}

function validate(
  resource: Resource,
  name: string,
  object: SubmittedObject,
  former: ApiObject | undefined,
): void {
  const problems = resource.validate?.(object, former) ?? [];
  if (problems.length > 0) throw invalid(`${resource.kind}.${resource.group}`, name, problems);
}

function identityOf({ metadata: { name, namespace, uid, creationTimestamp } }: ApiObject): Identity {
  return { name, ...(namespace === undefined ? {} : { namespace }), uid, creationTimestamp };
}

function withStatus<T extends SubmittedObject>(
  { status: _, ...object }: T,
  status: unknown,
): SubmittedObject {
  return status === undefined ? object : { ...object, status };
}

function pathOf(resource: Resource, { namespace, name }: ObjectKey): string {
  return `${qualifiedName(resource)}/${namespace ?? ""}/${name}`;
}
