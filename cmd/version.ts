/** Put in by the build; absent when run from the sources. */
declare const DRAMEMORY_VERSION: string | undefined;

/** The version of this executable. */
export const version = typeof DRAMEMORY_VERSION === "undefined" ? "0.1.0-dev" : DRAMEMORY_VERSION;

/** What `dramemory version -o json` prints. */
export function versionFields() {
  return {
    version,
    deno: Deno.version.deno,
    os: Deno.build.os,
    architecture: Deno.build.arch,
  };
}

/** What `dramemory version` prints: the version, the runtime's and the platform. */
export function versionText(): string {
  return `dramemory ${version} (deno ${Deno.version.deno}, ${Deno.build.os}/${Deno.build.arch})`;
}
