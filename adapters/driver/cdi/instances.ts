/** How several instances of the driver share one directory of records. */
export interface Instances {
  /** Runs a task while no other instance runs one. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
  /**
   * Runs what changes a record, to be called in an exclusive task. Others that look meanwhile will look again, also
   * if the change never comes to its end.
   */
  changing<T>(change: () => Promise<T>): Promise<T>;
  /** Whether another instance may have changed something since this was last called; true the first time. */
  changed(): Promise<boolean>;
}

/** There is no other instance: nothing to wait for, and nothing to be found but at the start. */
export class SoleInstance implements Instances {
  #started = false;

  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return task();
  }

  changing<T>(change: () => Promise<T>): Promise<T> {
    return change();
  }

  changed(): Promise<boolean> {
    const changed = !this.#started;
    this.#started = true;
    return Promise.resolve(changed);
  }
}
