import { ImageError } from "./image_error.ts";
import type { Sources } from "./labels.ts";

/** What deno.json, git and SOURCE_DATE_EPOCH tell of this checkout. Rejects with {@link ImageError}. */
export async function readSources(): Promise<Sources> {
  const { version, license } = JSON.parse(await Deno.readTextFile("deno.json"));
  const remote = await git("remote", "get-url", "origin");
  return {
    version,
    licenses: license,
    revision: await git("describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"),
    url: remote && webAddress(remote),
    created: creationTime(Deno.env.get("SOURCE_DATE_EPOCH") ?? await git("log", "-1", "--format=%ct")),
  };
}

/** The https address of a git remote, without the password that it may hold; undefined for a local one. */
export function webAddress(remote: string): string | undefined {
  const [, host, path] =
    /^(?:(?:https?|ssh|git):\/\/)?(?:[^@/]*@)?([\w.-]+)(?::\d+)?[:/]\/*(.+?)(?:\.git)?\/*$/
      .exec(remote) ?? [];
  return host === undefined || !host.includes(".") || host.startsWith(".")
    ? undefined
    : `https://${host}/${path}`;
}

/** The time that seconds since 1970 stand for. Throws {@link ImageError} for what is no such number. */
export function creationTime(seconds: string | undefined): Date {
  const time = new Date(/^\d{1,11}$/.test(seconds ?? "0") ? Number(seconds ?? "0") * 1000 : NaN);
  if (Number.isNaN(time.getTime())) {
    throw new ImageError(
      `Cannot take ${
        JSON.stringify(seconds)
      } as the time of an image (SOURCE_DATE_EPOCH is in seconds since 1970)`,
    );
  }
  return time;
}

/** What git says, or undefined where there is no git or it cannot say. */
async function git(...args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", { args, stderr: "null" }).output();
    const text = new TextDecoder().decode(stdout).trim();
    return success && text !== "" ? text : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
