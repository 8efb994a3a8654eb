import assert from "node:assert/strict";
import { dramemoryProgram } from "../../cmd/program.ts";
import { sources } from "../deploy/docs/pages.ts";

const program = dramemoryProgram();
const flags = new Set(
  [program, ...program.commands].flatMap(({ options }) => options.map(({ long }) => long)).concat("--help"),
);

/** Flags of other programs, which the program calls or writes down, or whose own it reads. */
const foreign = new Set(
  ("--version " + // of containerd, CRI-O and the kubelet
    "--memory-manager-policy --config-dir --container-runtime-endpoint " + // of the kubelet
    "--target --mount --uts --ipc --net " + // of nsenter
    "--now --property --quiet " + // of systemctl
    "--unit --lines --no-pager " + // of journalctl
    "--field-selector --recursive " + // of kubectl
    "--command --condition --no-files --arguments --description --long-option --short-option --require-parameter " +
    "--force-files") // of fish's complete
    .split(" "),
);

Deno.test("every flag that the program names, in whatever text, is one of its own", async () => {
  const code = (await sources()).replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const named = new Set(code.match(/(?<![\w-])--[a-z][a-z-]+\b/g));
  assert.ok(named.size > 20);
  assert.deepEqual([...named].filter((flag) => !flags.has(flag) && !foreign.has(flag)), []);
  assert.deepEqual([...foreign].filter((flag) => !named.has(flag)), []);
});

Deno.test("an option that several commands have is the same in each: its argument, its default and what it says first", () => {
  const known = new Map<
    string,
    { readonly flags: string; readonly default: unknown; readonly help: string }
  >();
  for (const command of program.commands) {
    for (const { long, flags, defaultValue, description } of command.options) {
      if (long === undefined || long === null) continue;
      const other = known.get(long);
      known.set(long, other ?? { flags, default: defaultValue, help: description });
      if (other === undefined) continue;
      assert.equal(flags, other.flags, `${command.name()} ${long}`);
      assert.deepEqual(defaultValue, other.default, `${command.name()} ${long}`);
      const [shorter = "", longer = ""] = [description, other.help].sort((a, b) => a.length - b.length);
      assert.ok(
        longer.startsWith(shorter.split(/[;,]/)[0] ?? ""),
        `${command.name()} ${long}: ${description}`,
      );
    }
  }
});
