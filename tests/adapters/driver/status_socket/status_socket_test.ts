import assert from "node:assert/strict";
import { RunDirectoryError } from "../../../../adapters/driver/status_socket/run_directory.ts";
import { askForLogs, askForStatus } from "../../../../adapters/operations/status/status_client.ts";
import { formatStatus, parseStatus } from "../../../../adapters/protocols/status/status_document.ts";
import { StatusServer } from "../../../../adapters/driver/status_socket/status_server.ts";
import { fullStatus, inDirectory, serving } from "./_status.ts";
import { ParseError } from "../../../../core/values/parse_error.ts";
import { OperatorError } from "../../../../core/values/operator_error.ts";

Deno.test("a status is read as it was written, and what a newer driver adds is left out", () => {
  assert.deepEqual(parseStatus(formatStatus(fullStatus)), fullStatus);
  assert.deepEqual(parseStatus(formatStatus(fullStatus).replace("{", '{"more":1,')), fullStatus);
  for (const text of ["", "{}", "[]", formatStatus(fullStatus).replace('"4194304"', '"-1"')]) {
    assert.throws(() => parseStatus(text), ParseError);
  }
});

Deno.test("every instance is asked, and its socket is its owner's alone", () =>
  inDirectory(async (directory) => {
    const run = `${directory}/new/run`;
    await serving(run, ["old", "new"], async () => {
      assert.deepEqual(await askForStatus(run), [
        { kind: "answered", instance: "status-new", answer: fullStatus },
        { kind: "answered", instance: "status-old", answer: fullStatus },
      ]);
      const [logs] = await askForLogs(run);
      assert.deepEqual(logs, { kind: "answered", instance: "status-new", answer: "said by new\n" });
      assert.equal(modeOf(run), 0o700);
      assert.equal(modeOf(`${run}/status-new.sock`), 0o600);
    });
    assert.deepEqual(names(run), []);
  }));

Deno.test("no directory and no instance mean that nobody answers", () =>
  inDirectory(async (directory) => {
    assert.deepEqual(await askForStatus(directory), []);
    assert.deepEqual(await askForStatus(`${directory}/none`), []);
    await Deno.writeTextFile(`${directory}/file`, "");
    await assert.rejects(askForStatus(`${directory}/file`), OperatorError);
  }));

Deno.test("the sockets of killed instances are passed over, and removed by the next one", () =>
  inDirectory(async (directory) => {
    await leaveSocket(directory, "status-dead.sock");
    await leaveSocket(directory, ".abc1234");
    assert.deepEqual(await askForStatus(directory), []);
    await serving(directory, [undefined], async () => {
      assert.deepEqual(names(directory), ["status.sock"]);
      assert.equal((await askForStatus(directory)).length, 1);
    });
  }));

Deno.test("a driver that does not answer is told of in time, and does not hide the others", () =>
  inDirectory(async (directory) => {
    await serving(directory, [undefined], async () => {
      const silent = Deno.listen({ transport: "unix", path: `${directory}/status-silent.sock` });
      const accepting = silent.accept();
      const [first, second] = await askForStatus(directory, 100);
      assert.deepEqual([first?.kind, second?.kind], ["failed", "answered"]);
      assert.match(first?.kind === "failed" ? first.message : "", /status-silent\.sock: no answer within/);
      (await accepting).close();
      silent.close();
    });
  }));

Deno.test("what is no status, or not all of it, is told of", () =>
  inDirectory(async (directory) => {
    const broken = () => assert.fail("cannot tell");
    await serving(directory, [undefined], async () => {
      const [asked] = await askForStatus(directory);
      assert.match(asked?.kind === "failed" ? asked.message : "", /it answered with 500.*cannot tell/);
    }, broken);
    const listener = Deno.listen({ transport: "unix", path: `${directory}/status.sock` });
    const answering = listener.accept().then(async (connection) => {
      await connection.read(new Uint8Array(4096));
      await connection.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}"));
      connection.close();
    });
    const [asked] = await askForStatus(directory);
    assert.match(asked?.kind === "failed" ? asked.message : "", /incomplete/);
    await answering;
    listener.close();
  }));

Deno.test("a directory that others may look into is closed to them, if it is the driver's alone", () =>
  inDirectory(async (directory) => {
    await Deno.chmod(directory, 0o755);
    await serving(directory, [undefined], () => Promise.resolve(assert.equal(modeOf(directory), 0o700)));
    await Deno.chmod(directory, 0o755);
    await Deno.writeTextFile(`${directory}/precious`, "");
    await refused(directory, /precious in it is not the driver's/);
    assert.equal(modeOf(directory), 0o755);
  }));

Deno.test("a file or a link is no directory for sockets", () =>
  inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");
    await refused(`${directory}/file`, /--run-dir/);
    await Deno.mkdir(`${directory}/real`, { mode: 0o700 });
    await Deno.symlink(`${directory}/real`, `${directory}/link`);
    await refused(`${directory}/link`, /no directory/);
  }));

async function refused(directory: string, why: RegExp): Promise<void> {
  const server = new StatusServer({
    directory,
    instance: undefined,
    status: () => fullStatus,
    lastLines: () => [],
  });
  const isWhy = (error: unknown) => error instanceof RunDirectoryError && why.test(error.message);
  await assert.rejects(server.start(), isWhy);
  await server.stop();
}

/** A socket whose process ended without removing it. */
async function leaveSocket(directory: string, name: string): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path: `${directory}/passing` });
  await Deno.rename(`${directory}/passing`, `${directory}/${name}`);
  listener.close();
}

function modeOf(path: string): number {
  return (Deno.lstatSync(path).mode ?? 0) & 0o777;
}

function names(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}
