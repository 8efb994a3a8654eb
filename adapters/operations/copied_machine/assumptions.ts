import { formatIdList } from "../../../core/values/id_list.ts";
import type { NumaNodeId } from "../../../core/values/ids.ts";

/** Collects what was inferred or left out of a copy, what is the same of several nodes in one line. */
export class Assumptions {
  readonly #ofMachine: string[] = [];
  readonly #ofNodes = new Map<string, NumaNodeId[]>();

  /** Something of the whole machine. */
  add(text: string): void {
    this.#ofMachine.push(text);
  }

  /** Something of one node, said without its number. */
  addOfNode(node: NumaNodeId, text: string): void {
    this.#ofNodes.set(text, [...this.#ofNodes.get(text) ?? [], node]);
  }

  /** Each as a line for people. */
  lines(): string[] {
    return [
      ...this.#ofMachine,
      ...[...this.#ofNodes].map(([text, nodes]) =>
        `node${nodes.length === 1 ? "" : "s"} ${formatIdList(nodes)}: ${text}`
      ),
    ];
  }
}
