import assert from "node:assert/strict";
import { listenUnix } from "../../../../adapters/driver/kubelet/unix_listener.ts";
import { UnixSocket, UnixSocketError } from "../../../../adapters/shared/sockets/unix_socket.ts";
import { names, withDirectory } from "../../driver/kubelet/fixture.ts";

const listen = (path: string) =>
  listenUnix(path, { onConnection: (socket) => socket.destroy(), onError: () => {}, onThrown: () => {} });

async function close(socket: UnixSocket): Promise<void> {
  await socket.withdraw();
  await socket.gone();
}

Deno.test("a socket appears under its name, in a directory made for it, and goes when it is closed", () =>
  withDirectory(async (directory) => {
    const socket = await UnixSocket.bind(`${directory}/new/dra.sock`, listen);
    assert.deepEqual(await names(`${directory}/new`), ["dra.sock"]);
    assert.equal(socket.occupant(), "itself");

    await close(socket);

    assert.deepEqual(await names(`${directory}/new`), []);
    assert.equal(socket.occupant(), "nothing");
  }));

Deno.test("a socket that a killed run left behind is replaced", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/dra.sock`;
    const killed = Deno.listen({ transport: "unix", path: `${directory}/elsewhere` });
    await Deno.rename(`${directory}/elsewhere`, path);
    killed.close();

    const socket = await UnixSocket.bind(path, listen);

    assert.equal(socket.occupant(), "itself");
    await close(socket);
    assert.deepEqual(await names(directory), []);
  }));

Deno.test("what is no socket is left alone, and the error names it", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/dra.sock`;
    await Deno.writeTextFile(path, "precious");

    await assert.rejects(
      UnixSocket.bind(path, listen),
      (error) =>
        error instanceof UnixSocketError && error.message.includes(`${path} is there and is no socket`),
    );

    assert.equal(await Deno.readTextFile(path), "precious");
    assert.deepEqual(await names(directory), ["dra.sock"]);
  }));

Deno.test("a link is no socket, wherever it leads", () =>
  withDirectory(async (directory) => {
    const socket = await UnixSocket.bind(`${directory}/a.sock`, listen);
    await Deno.symlink("a.sock", `${directory}/b.sock`);

    await assert.rejects(UnixSocket.bind(`${directory}/b.sock`, listen), UnixSocketError);

    await close(socket);
  }));

Deno.test("an older instance leaves the socket of a newer one in place", () =>
  withDirectory(async (directory) => {
    const path = `${directory}/dra.sock`;
    const older = await UnixSocket.bind(path, listen);
    const newer = await UnixSocket.bind(path, listen);
    assert.equal(older.occupant(), "other");

    await close(older);

    assert.equal(newer.occupant(), "itself");
    (await Deno.connect({ transport: "unix", path })).close();
    await close(newer);
    assert.deepEqual(await names(directory), []);
  }));

Deno.test("a directory that cannot be made is an error that names the socket", () =>
  withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");

    await assert.rejects(
      UnixSocket.bind(`${directory}/file/dra.sock`, listen),
      (error) =>
        error instanceof UnixSocketError && error.message.startsWith(`Cannot listen at ${directory}`),
    );
  }));
