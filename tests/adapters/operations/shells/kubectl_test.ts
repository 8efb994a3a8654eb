import assert from "node:assert/strict";
import { kubectlCompletions } from "../../../../adapters/operations/shells/kubectl.ts";
import { commandLineOf } from "../../../../cmd/completion/completion.ts";
import { dramemoryProgram } from "../../../../cmd/program.ts";

const line = commandLineOf(dramemoryProgram());

/** What is typed behind `kubectl dramemory`, and the words that may come. The cursor is at the end. */
const completions: readonly (readonly [typed: string, words: readonly string[], directive: string])[] = [
  ["expl", ["explain"], ":4"],
  ["cluster -o ", ["table", "json", "yaml", "wide", "svg"], ":4"],
  ["cluster -o w", ["wide"], ":4"],
  ["explain --name", ["--namespace"], ":4"],
  ["explain -n team ", [], ":4"],
  ["cluster --kubeconfig ", [], ":0"],
];

for (const [typed, words, directive] of completions) {
  Deno.test(`kubectl completes "${typed}"`, () => {
    const answer = kubectlCompletions(line, typed.split(" ")).split("\n");
    assert.equal(answer.at(-1), directive);
    const found = answer.slice(0, -1).map((word) => word.split("\t")[0]);
    assert.deepEqual(found, words);
  });
}
