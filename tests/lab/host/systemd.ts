import { join } from "node:path";
import { LabError } from "../lab_error.ts";
import type { MakeAdditions } from "./lab_files.ts";
import { releasePrograms } from "./release_programs.ts";

/**
 * Where a machine has each program. systemd has the executor at no other place. The bus is for crun, which reaches systemd
 * by nothing else.
 */
const programs = new Map([
  ["usr/lib/systemd/systemd", "lab/systemd"],
  ["usr/lib/systemd/systemd-executor", "usr/lib/systemd/systemd-executor"],
  ["usr/bin/systemctl", "lab/systemctl"],
  ["usr/bin/busctl", "lab/busctl"],
  ["usr/bin/dbus-daemon", "lab/dbus-daemon"],
]);

const units = "etc/systemd/system";

/** Files by their path in an image: what the programs are configured by, and the units. */
const files = new Map([
  // Without an identity each boot counts as the first one.
  ["etc/machine-id", "0123456789abcdef0123456789abcdef\n"],
  ["etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"],
  ["etc/group", "root:x:0:\n"],
  [
    "etc/dbus-1/system.conf",
    `<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow user="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
`,
  ],
  [
    `${units}/dbus.socket`,
    `[Unit]
DefaultDependencies=no
[Socket]
ListenStream=/run/dbus/system_bus_socket
`,
  ],
  [
    `${units}/dbus.service`,
    `[Unit]
DefaultDependencies=no
Requires=dbus.socket
[Service]
Type=notify
ExecStart=/lab/dbus-daemon --config-file=/etc/dbus-1/system.conf --address=systemd: --nofork --nopidfile --systemd-activation
StandardOutput=tty
`,
  ],
  [
    `${units}/lab.service`,
    `[Unit]
DefaultDependencies=no
Requires=dbus.service
After=dbus.service
[Service]
ExecStart=/bin/sh /lab/run-machine
Delegate=yes
KillMode=process
OOMPolicy=continue
TasksMax=infinity
LimitNOFILE=1048576
StandardOutput=tty
`,
  ],
]);

/** systemd of Debian 13 as the first process, with the system bus and the machine's work as its only units. */
const systemd: MakeAdditions = async ({ directory }) => {
  const wanted = {
    name: "systemd",
    release: "trixie",
    packages: ["systemd", "dbus-daemon"],
    programs,
  } as const;
  const found = new Map(await releasePrograms(wanted));
  for (const [path, text] of files) {
    const source = join(directory, path.replaceAll("/", "-"));
    await Deno.writeTextFile(source, text);
    found.set(path, source);
  }
  return { programs: new Map(), files: found, modules: [] };
};

const managers = new Map<string, readonly MakeAdditions[]>([["cgroupfs", []], ["systemd", [systemd]]]);

/** What a machine needs so that its container runtime has cgroups made that way. Throws {@link LabError} where there is none. */
export function cgroupManagerFiles(name: string): readonly MakeAdditions[] {
  const files = managers.get(name);
  if (files !== undefined) return files;
  throw new LabError(`Cannot have cgroups made by ${name}: there are ${[...managers.keys()].join(", ")}`);
}
