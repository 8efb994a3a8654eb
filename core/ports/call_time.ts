/** The time that a caller waits for the answer to a call. */
export interface CallTime {
  /** Resolves when it is over; never, if it was stopped before. */
  readonly over: Promise<void>;
  /** The call was answered. */
  stop(): void;
}
