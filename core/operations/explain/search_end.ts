import type { Outcome } from "./judgement.ts";

/** Ends a search before it has found anything: what the scheduler does then, and why. */
export class SearchEnd extends Error {
  override name = "SearchEnd";
  constructor(readonly kind: Exclude<Outcome["kind"], "fits">, why: string) {
    super(why);
  }
}
