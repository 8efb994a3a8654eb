/**
 * Measures the compiled driver, prints a table and checks it against budgets:
 *
 *     deno task bench --real [--short | --full] [--rounds N] [--only LIFE] [--vs BINARY | --vs-commit REV] [common options]
 *     deno task bench        [--short] [--vs BINARY] [--only SCENARIO]              [common options]
 *     deno task bench --cluster N
 *
 * `--real` has the real components: kube-apiserver and etcd, the runtimes' NRI and CDI libraries, Go's gRPC; the
 * driver has the flags that it has by default and a service account as in a pod. It takes root, and Go for the first
 * time. Two builds are measured in turn, A B B A …, and the table has the ratios of their medians with the spread;
 * `--vs-commit` makes the other build from a commit. Its budgets are in real/BUDGETS.md, what they are against is there.
 * Unless it is `--short`, programs that do less are beside them, see floors/: what is left of a figure is the platform's.
 *
 * `--short` is for every change, `--full` adds 10,000 prepared claims and 100,000 that come and go.
 *
 * `--cluster N` has the drivers of N nodes, each on a connection of its own, start, look again and prepare claims for
 * 30 pods against a real API server, and tells what that cost it.
 *
 * Without it the components are simulated, which needs nothing but this checkout, and the budgets those of
 * BUDGETS.md.
 *
 * Common options: `--binary BINARY` measures an executable instead of building one; `--directory DIR` is where what a
 * driver writes lies, and its file system is part of the figures; `--json FILE` keeps all values.
 */
import { taskOptions } from "../../tasks/task_options.ts";
import { benchOptions, benchUsage } from "./bench_options.ts";

const { values: { real, cluster } } = taskOptions(benchUsage, { options: benchOptions });
await import(cluster !== undefined ? "./cluster/main.ts" : real ? "./real/main.ts" : "./simulated.ts");
