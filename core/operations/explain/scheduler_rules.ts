/** What differs between the schedulers of Kubernetes' versions, as far as it decides whether a claim fits. */
export interface SchedulerRules {
  /**
   * `allocationMode: All` leaves out the devices that have no room now. From 1.37 on it leaves out only those that
   * could never have it, and then wants all others.
   */
  readonly allSkipsFullDevices: boolean;
  /**
   * Before 1.38 `allocationMode: All` gives the pod up where a pool of a node lacks slices or has a device twice; from
   * then on that node alone is ruled out.
   */
  readonly allNeedsEveryPool: boolean;
  /** From 1.38 on `dra.memory/size` in a request finds a slice's `size`; before, names are compared as they stand. */
  readonly capacityByDomain: boolean;
  /** From 1.38 on a negative amount gives the pod up; before, it is rounded up to the least that there is. */
  readonly negativeRequestsFail: boolean;
  /** From 1.38 on a device that is no longer shared is given to nobody while claims hold shares of it. */
  readonly sharesKeepDevice: boolean;
  /** Before 1.37 a request above 2^63-1 wraps round, and what becomes of it is chance. */
  readonly hugeRequestsWrap: boolean;
  /**
   * Before 1.37 `distinctAttribute` remembers one value of each request: of three devices of a request the third is
   * compared with the second alone, and may be like the first.
   */
  readonly distinctForgets: boolean;
}

/** The rules of Kubernetes 1.`minor`. Read in k8s.io/dynamic-resource-allocation 0.36.3, 0.37.2 and 0.38.0-beta.0. */
export function rulesOf(minor: number): SchedulerRules {
  return {
    allSkipsFullDevices: minor < 37,
    allNeedsEveryPool: minor < 38,
    capacityByDomain: minor >= 38,
    negativeRequestsFail: minor >= 38,
    sharesKeepDevice: minor >= 38,
    hugeRequestsWrap: minor < 37,
    distinctForgets: minor < 37,
  };
}
