import assert from "node:assert/strict";
import { fixturesDirectory } from "../../adapters/driver/sysfs/support.ts";

const program = new URL("../../../cmd/main.ts", import.meta.url).pathname;
const inspect = [
  "inspect",
  ...["sys", "proc"].map((fs) => `--${fs}fs-root=${fixturesDirectory}/twelve-nodes/${fs}`),
];
const bold = "\x1b[1m";

Deno.test({
  name: "tables are as wide as the terminal at most",
  ignore: !hasScript(),
  fn: async () => {
    const text = await onTerminal(inspect, { columns: 70 });
    assert.ok(text.startsWith(`${bold}NODE  CPUS `), text);
    const lines = text.replaceAll(bold, "").replaceAll("\x1b[0m", "").split("\r\n");
    assert.deepEqual(lines.filter((line) => line.length > 70), []);
  },
});

Deno.test({
  name: "COLUMNS stands above what the terminal says",
  ignore: !hasScript(),
  fn: async () => {
    const widths = (text: string) => text.split("\r\n").map(({ length }) => length);
    const narrow = await onTerminal(["daemon", "--help"], { columns: 200, COLUMNS: "90" });
    const wide = await onTerminal(["daemon", "--help"], { columns: 200 });
    assert.ok(Math.max(...widths(wide)) > 100);
    assert.ok(narrow.split("\r\n").length > wide.split("\r\n").length);
  },
});

Deno.test({
  name: "headings are bold on a terminal, unless NO_COLOR is set",
  ignore: !hasScript(),
  fn: async () => {
    assert.ok((await onTerminal(["inspect", "--help"], {})).includes(`${bold}Examples:`));
    assert.ok(!(await onTerminal(["inspect", "--help"], { NO_COLOR: "1" })).includes("\x1b"));
  },
});

Deno.test({
  name: "a terminal is drawn anew each time, until Ctrl-C",
  ignore: !hasScript(),
  fn: async () => {
    const child = startOnTerminal([...inspect, "--watch"], {});
    const stdin = child.stdin.getWriter();
    let text = "", interrupted = false;
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (interrupted || !/^hugepages-2m-numa11 /m.test(text)) continue;
      interrupted = true;
      await stdin.write(new TextEncoder().encode("\x03"));
    }
    assert.equal((await child.status).code, 0, text);
    await stdin.close();
    assert.match(text.replaceAll("\x1b", "^"), /^\^\[H\^\[2J\^\[3JAs of \d\d:\d\d:\d\d\r\n\^\[1mNODE /);
  },
});

/** What the program shows on a terminal of its own. */
async function onTerminal(...[args, surroundings]: Parameters<typeof startOnTerminal>): Promise<string> {
  const child = startOnTerminal(args, surroundings);
  const [{ code, stdout }] = await Promise.all([child.output(), child.stdin.close()]);
  const text = new TextDecoder().decode(stdout);
  assert.equal(code, 0, text);
  return text;
}

/** Starts the program on a terminal of its own, which script(1) of util-linux makes. */
function startOnTerminal(
  args: readonly string[],
  { columns = 80, ...environment }: { columns?: number; NO_COLOR?: string; COLUMNS?: string },
): Deno.ChildProcess {
  const command = [Deno.execPath(), "run", "-A", "--no-check", "--node-modules-dir=manual", program, ...args]
    .map((part) => `'${part}'`);
  const { NO_COLOR: _, COLUMNS: __, ...inherited } = Deno.env.toObject();
  return new Deno.Command("script", {
    args: ["-qefc", `stty cols ${columns} && exec ${command.join(" ")}`, "/dev/null"],
    env: { ...inherited, ...environment, SHELL: "/bin/sh" },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
}

function hasScript(): boolean {
  try {
    return new Deno.Command("script", { args: ["--version"] }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
