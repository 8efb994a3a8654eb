import type { ClaimRecords } from "../ports/claim_records.ts";
import type { Recorder } from "../events/events.ts";
import type { ClaimLedger } from "./ledger.ts";

/** Keeps the ledger the same as the record, which another instance of the driver may be changing. */
export class RecordedClaims {
  readonly #records: ClaimRecords;
  readonly #ledger: ClaimLedger;
  readonly #recorder: Recorder;

  constructor(records: ClaimRecords, ledger: ClaimLedger, recorder: Recorder) {
    this.#records = records;
    this.#ledger = ledger;
    this.#recorder = recorder;
  }

  /** Takes over what changed on record. Throws `ClaimRecordError`. */
  async refresh(): Promise<void> {
    const { added, removed, damaged } = await this.#records.refresh();
    for (const uid of removed) this.#ledger.remove(uid);
    // What this instance is saving right now may already be seen on record.
    for (const claim of added) {
      if (this.#ledger.get(claim.reference.uid) === undefined) this.#ledger.add(claim);
    }
    for (const message of damaged) this.#recorder.record({ kind: "record-damaged", message });
    if (added.length > 0) this.#recorder.record({ kind: "claims-recovered", count: added.length });
  }
}
