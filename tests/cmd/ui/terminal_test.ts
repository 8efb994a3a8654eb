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
  name: "colors take no room: what validate says is laid out as without them",
  ignore: !hasScript(),
  fn: async () => {
    const places = ["procfs", "sysfs"].map((fs) =>
      `--${fs}-root=${fixturesDirectory}/two-numa/${fs.slice(0, -2)}`
    );
    const shown = async (environment: Record<string, string>) =>
      (await shownBy(["validate", ...places], environment)).text
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, "NOW");
    const colored = await shown({});
    assert.ok(colored.includes("\x1b[32m✓\x1b[0m"), colored);
    const plain = ["\x1b[0m", ...[31, 32, 33].map((color) => `\x1b[${color}m`)]
      .reduce((text, escape) => text.replaceAll(escape, ""), colored);
    assert.equal(plain, await shown({ NO_COLOR: "1" }));
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

/** What the program shows on a terminal of its own, when it does what it was told to. */
async function onTerminal(...started: Parameters<typeof startOnTerminal>): Promise<string> {
  const { code, text } = await shownBy(...started);
  assert.equal(code, 0, text);
  return text;
}

async function shownBy(
  ...started: Parameters<typeof startOnTerminal>
): Promise<{ code: number; text: string }> {
  const child = startOnTerminal(...started);
  const [{ code, stdout }] = await Promise.all([child.output(), child.stdin.close()]);
  return { code, text: new TextDecoder().decode(stdout) };
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
