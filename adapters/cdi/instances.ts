/** How several instances of the driver share one directory of records. */
export interface Instances {
  /** Runs a task while no other instance runs one. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
  /** To be called in an exclusive task before it changes a record, so that no change is missed after a crash. */
  announceChange(): Promise<void>;
  /** Whether another instance announced a change since this was last called; true the first time. */
  changed(): Promise<boolean>;
}

/** There is no other instance: nothing to wait for, and nothing to be found but at the start. */
export class SoleInstance implements Instances {
  #started = false;

  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return task();
  }

  announceChange(): Promise<void> {
    return Promise.resolve();
  }

  changed(): Promise<boolean> {
    const changed = !this.#started;
    this.#started = true;
    return Promise.resolve(changed);
  }
}
