import { OperatorError } from "../../values/operator_error.ts";

/** One page of a list. */
export interface ListPage {
  /** Objects in the API's own shape. */
  readonly items: readonly unknown[];
  /** How many objects come after this page, as far as the server says. */
  readonly remaining: number;
}

/** What of a collection is wanted. */
export interface ListOptions {
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** Reads a cluster as one user may, and asks it what takes an object. Every call throws {@link ClusterApiError}. */
export interface ClusterApi {
  /** The object at a path, or undefined when there is none. */
  get(path: string): Promise<unknown>;
  /** The objects of a collection in pages, so that no more than one page is held. */
  pages(path: string, options?: ListOptions): AsyncIterable<ListPage>;
  /** Creates an object in a collection; resolves to it. */
  create(path: string, object: unknown): Promise<unknown>;
  /** Deletes the object at a path. One that is gone is no error. */
  remove(path: string): Promise<void>;
}

/** The cluster did not give what was asked for: why, and what helps. */
export class ClusterApiError extends OperatorError {
  override name = "ClusterApiError";
  constructor(
    message: string,
    /** `denied`: this user may not. `absent`: the cluster does not serve it. */
    readonly kind: "denied" | "absent" | "unavailable",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
