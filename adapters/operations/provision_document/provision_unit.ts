import type { HugePageProvision } from "../../../core/operations/setup_hugepages/provision.ts";
import { formatProvisionDocument } from "./format_document.ts";

/** The name that the unit's own comment gives it. */
const unitName = "dramemory-hugepages.service";

/**
 * A systemd unit that sets the pages up at each boot, before the kubelet counts them. It carries the document, so
 * that beside it only the executable is needed (systemd.service(5); `StandardInputText=` is there since 236).
 */
export function provisionUnit(provision: HugePageProvision, executable: string): string {
  return `# Save it as /etc/systemd/system/${unitName}, then: systemctl enable --now ${unitName}
[Unit]
Description=Hugepages of ${provision.name}
Before=containerd.service crio.service kubelet.service

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
