import assert from "node:assert/strict";
import { memoryConfigSchema } from "../../../adapters/protocols/configuration/memory_config.ts";
import { hugetlbfsMounts } from "../../../core/claims/hugetlbfs.ts";
import { containerPath } from "../../../core/values/container_path.ts";
import { messageOf } from "../../../core/values/message_of.ts";
import { pageSize } from "../../../core/values/page_size.ts";
import { page, sources } from "./pages.ts";

/** What stands in a message for what differs from case to case. */
const anything = "…";

/** A part of the definition, as far as it has messages. */
interface Part {
  readonly type: string;
  readonly message?: unknown;
  readonly pipe?: readonly Part[];
  readonly entries?: Readonly<Record<string, Part>>;
  readonly wrapped?: Part;
}

/** Every message that the definition of a configuration refuses a field with, by the field's path. */
function fieldMessages({ message, pipe = [], entries = {}, wrapped }: Part, path = ""): string[] {
  const own = typeof message === "function"
    ? ["never", "Object", anything].map((expected) => message({ expected, received: anything }))
    : [message];
  const inner = Object.entries(entries).flatMap(([name, part]) =>
    fieldMessages(part, path === "" ? name : `${path}.${name}`)
  );
  return [
    ...own.filter((text) => typeof text === "string").map((text) => `${path}: ${text}`),
    ...pipe.flatMap((part) => fieldMessages(part, path)),
    ...(wrapped === undefined ? [] : fieldMessages(wrapped, path)),
    ...inner,
  ];
}

/** The messages of all else that refuses a configuration: of errors, and of what a node cannot give. */
async function otherMessages(): Promise<string[]> {
  const texts = await sources();
  const errors = /new (?:ConfigError|PolicyConflictError)\(\s*[`"](.*?)[`"],?\s*\);/gs;
  const ofNode = /[`"]((?:policy: \$\{mode\} needs|limits: memory is limited) .*?)[`"](?:;| \+)/gs;
  return [errors, ofNode].flatMap((pattern) =>
    [...texts.matchAll(pattern)].map(([, text = ""]) => withoutValues(text))
  );
}

/** A template of a message, as the page writes it: an entry is called by what it belongs to, all else differs. */
function withoutValues(template: string): string {
  return template.replace("${describe(entry)}", "its configuration").replaceAll(/\$\{[^{}]*\}/g, anything);
}

/** What paths of mounts are refused with. */
function mountMessages(): string[] {
  const claim = (size: bigint, mountPath: string) => (
    { pageSize: pageSize(size), bytes: size, mountPath: containerPath(mountPath) }
  );
  const small = 2n << 20n, large = 1n << 30n;
  return [[claim(small, "/proc/huge")], [claim(small, "/data")], [claim(small, "/mnt"), claim(large, "/mnt")]]
    .map((claimed) => {
      try {
        hugetlbfsMounts(claimed, ["/data"]);
        return "it was not refused";
      } catch (error) {
        return messageOf(error);
      }
    });
}

/** What the page quotes, as patterns that a message has to contain. */
const quoted = [...page("docs/user/troubleshooting.md").text.matchAll(/^\| (`.*?`) +\|/gm)].flatMap((
  [, cell = ""],
) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text.split(anything).map((part) => part.trim())))
  .filter((parts) => parts.some((part) => part.length > 5));

function isDocumented(message: string): boolean {
  return quoted.some((parts) => {
    let from = 0;
    return parts.every((part) => {
      const at = message.indexOf(part, from);
      from = at + part.length;
      return at >= 0;
    });
  });
}

const messages = new Set([
  ...fieldMessages(memoryConfigSchema),
  ...await otherMessages(),
  ...mountMessages(),
]);

Deno.test("every message that refuses a configuration is in the documentation", () => {
  assert.ok(messages.size > 20, `${messages.size}`);
  assert.deepEqual([...messages].filter((message) => !isDocumented(message)), []);
});
