/**
 * Lets `@kubernetes/client-node` be imported on Deno before 2.8.0, whose `node:worker_threads` lacks a function
 * that undici calls while it is loaded. Undici is imported by that package and never used for a request here.
 *
 * Needless from Deno 2.8.0 on. To be imported before the package.
 */
import workerThreads from "node:worker_threads";

if (!("markAsUncloneable" in workerThreads)) Object.assign(workerThreads, { markAsUncloneable: () => {} });
