import { fittedOut, printLine } from "../ui/output.ts";
import { OperatorError } from "../../core/values/operator_error.ts";

/** A step of the demo did not turn out as it must. */
export class DemoError extends OperatorError {
  override name = "DemoError";
}

/** How many blanks stand before what a step shows. */
export const reportIndent = 3;

/** Prints the demo step by step, each with what was seen. */
export class DemoReport {
  #steps = 0;

  /** Starts a step. */
  step(title: string): void {
    this.#steps++;
    printLine(`${this.#steps === 1 ? "" : "\n"}${this.#steps}. ${title}`);
  }

  /** Shows something, indented below its step. */
  show(text: string): void {
    printLine(
      fittedOut(text.split("\n").map((line) => `${" ".repeat(reportIndent)}${line}`.trimEnd()).join("\n")),
    );
  }

  /** Says that something is as it must be; throws {@link DemoError} when it is not. */
  check(what: string, holds: boolean): void {
    if (!holds) throw new DemoError(`The demo failed in step ${this.#steps}: not true that ${what}`);
    this.show(`✓ ${what}`);
  }

  /** The last line. */
  done(): void {
    printLine(`\nAll ${this.#steps} steps were checked.`);
  }
}
