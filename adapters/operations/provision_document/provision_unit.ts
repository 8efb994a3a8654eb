import type { HugePageProvision } from "../../../core/operations/setup_hugepages/provision.ts";
import { formatProvisionDocument } from "./format_document.ts";

/** The name that the unit's own comment gives it. */
const unitName = "dramemory-hugepages.service";

/**
 * A systemd unit that sets the pages up at each boot, before services that would count or use them. It carries the
 * document, so that beside it only the executable is needed (systemd.service(5); `StandardInputText=` is there since
 * 236). Services that are not there make no difference (systemd.unit(5), Before=).
 */
export function provisionUnit(
  provision: HugePageProvision,
  executable: string,
  services: readonly string[],
): string {
  return `# Save it as /etc/systemd/system/${unitName}, then: systemctl enable --now ${unitName}
[Unit]
Description=Hugepages of ${provision.name}
Before=${services.map((service) => `${service}.service`).join(" ")}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${quoted(executable)} setup-hugepages -
StandardInput=data
StandardInputText=${escaped(formatProvisionDocument(provision))}

[Install]
WantedBy=multi-user.target
`;
}

/** In quotes because of blanks, and without a meaning for systemd's variables. */
function quoted(path: string): string {
  return `"${escaped(path).replaceAll('"', '\\"').replaceAll("$", "$$$$")}"`;
}

/** Without a meaning for systemd's own escapes and specifiers. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("%", "%%");
}
