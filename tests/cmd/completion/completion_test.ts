import assert from "node:assert/strict";
import { dramemory } from "../dramemory.ts";

/** What is typed, and what completes it. The cursor is at the end. */
const completions: readonly (readonly [typed: string, answers: readonly string[]])[] = [
  ["insp", ["inspect"]],
  ["setup-", ["setup-hugepages", "setup-runtime"]],
  ["inspect --wa", ["--watch"]],
  ["inspect -o ", ["json", "svg", "table", "yaml"]],
  ["inspect --cdi-dir / -o y", ["yaml"]],
  ["setup-runtime ", ["containerd", "crio"]],
  ["setup-runtime --check cr", ["crio"]],
  ["setup-hugepages /etc/hostn", ["/etc/hostname"]],
  ["setup-runtime crio /etc/hostn", ["/etc/hostname"]],
  ["daemon --log-format ", ["json", "text"]],
  ["daemon --verify-free-hugepages ", ["false", "true"]],
  ["help man", ["manifests"]],
  ["completion ", ["bash", "fish", "zsh"]],
];

// compopt works for what is typed at a prompt alone.
const askBash = `source "$1"; compopt() { :; }
for typed in "\${@:2}"; do
  read -ra COMP_WORDS <<<"dramemory $typed"
  [[ $typed == *' ' ]] && COMP_WORDS+=("")
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _dramemory
  echo "\${COMPREPLY[*]}"
done`;

const askFish = `source $argv[1]
for typed in $argv[2..]
  complete --do-complete "dramemory $typed" | cut -f1 | string join ' '
end`;

for (const [shell, ask] of [["bash", askBash], ["fish", askFish]] as const) {
  Deno.test({
    name: `${shell} completes commands, options, choices and files${absence(shell)}`,
    ignore: !isInstalled(shell),
    fn: async () => {
      const args = [...shell === "bash" ? ["-c", ask, "bash"] : ["-c", ask], "COMPLETION"];
      const stdout = await runShell(shell, [...args, ...completions.map(([typed]) => typed)]);
      const answers = stdout.trimEnd().split("\n").map((line) => line.split(" ").sort());
      assert.deepEqual(answers, completions.map(([, answers]) => answers));
    },
  });
}

// zsh completes at a prompt alone, so that there has to be one, on a terminal.
const askZsh = `zmodload zsh/zpty
zpty prompt zsh -f -i
expect() { until [[ $shown == *$~1* ]]; do zpty -rt prompt piece && shown+=$piece || sleep 0.05; done }
zpty -w prompt "autoload -Uz compinit; compinit -D -u; source $1; print -n go; print ing"
expect going
shift
for typed pattern in "$@"; do
  shown=
  zpty -w -n prompt $'\\C-u'"dramemory $typed"$'\\t'
  expect $pattern
  print -r -- "completed $typed"
done`;

Deno.test({
  name: `zsh completes commands, options and choices${absence("zsh")}`,
  ignore: !isInstalled("zsh"),
  fn: async () => {
    const patterns = {
      "insp": "inspect",
      "inspect --wa": "--watch",
      "inspect -o ": "json*svg*table*yaml",
      "setup-runtime --check cr": "crio",
      "setup-hugepages /etc/hostn": "hostname",
      "completion ": "bash*fish*zsh",
    };
    const stdout = await runShell("zsh", [
      "-f",
      "-c",
      askZsh,
      "zsh",
      "COMPLETION",
      ...Object.entries(patterns).flat(),
    ]);
    assert.equal(stdout, Object.keys(patterns).map((typed) => `completed ${typed}\n`).join(""));
  },
});

Deno.test("an unknown shell is wrong usage", async () => {
  const { code, stderr } = await dramemory("completion", "tcsh");
  assert.equal(code, 2);
  assert.match(stderr, /Allowed choices are bash, zsh, fish/);
});

/** Runs a shell, the word COMPLETION replaced by a file with what the program prints for it. */
async function runShell(shell: string, args: readonly string[]): Promise<string> {
  const file = await Deno.makeTempFile({ prefix: "dramemory-completion-" });
  try {
    const { code, stdout: completion } = await dramemory("completion", shell);
    assert.equal(code, 0);
    await Deno.writeTextFile(file, completion);
    const { stdout, stderr } = await new Deno.Command(shell, {
      args: args.map((word) => word === "COMPLETION" ? file : word),
      signal: AbortSignal.timeout(120_000),
    }).output();
    const decoder = new TextDecoder();
    assert.equal(decoder.decode(stderr), "");
    return decoder.decode(stdout);
  } finally {
    await Deno.remove(file);
  }
}

function isInstalled(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["--version"] }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function absence(shell: string): string {
  return isInstalled(shell) ? "" : ` (skipped: there is no ${shell} here)`;
}
