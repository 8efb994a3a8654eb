/**
 * Keeps requests to a server on this machine from going to a proxy that the environment names, as Go's HTTP
 * client does: Deno's asks the proxy unless NO_PROXY names the host. Other hosts are left alone.
 */
export function exemptLoopback(server: string): void {
  const exempt = withoutProxy(server, Deno.env.get("NO_PROXY") ?? Deno.env.get("no_proxy"));
  if (exempt !== undefined) Deno.env.set("NO_PROXY", exempt);
}

/** What NO_PROXY has to be for a server; undefined when it can stay as it is. */
export function withoutProxy(server: string, exempt = ""): string | undefined {
  const { hostname } = new URL(server);
  if (!/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname)) return undefined;
  const host = hostname.replace(/[[\]]/g, "");
  const hosts = exempt.split(",").filter((entry) => entry !== "");
  return hosts.includes(host) ? undefined : [...hosts, host].join(",");
}
