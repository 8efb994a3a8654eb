/** How several instances of the driver share one directory of checkpoints. */
export interface Instances {
  /** Runs a task while no other instance runs one. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
  /**
   * Runs what changes a checkpoint, to be called in an exclusive task. Others that look meanwhile will look again, also
   * if the change never comes to its end.
   */
  changing<T>(change: () => Promise<T>): Promise<T>;
  /**
   * Undefined when every change of other instances was seen; else what is to be called when everything was seen that
   * had changed by now. There is something to be seen at the start.
   */
  unseen(): Promise<(() => void) | undefined>;
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

  unseen(): Promise<(() => void) | undefined> {
    return Promise.resolve(this.#started ? undefined : () => void (this.#started = true));
  }
}
