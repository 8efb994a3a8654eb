/** What Helm printed is not what is expected of it. */
export class RenderedTextError extends Error {
  override name = "RenderedTextError";
}

/**
 * Sorts what `helm template` prints into files, one for each of the chart's templates, each of which says where it is
 * from. Throws {@link RenderedTextError} for a document that does not say which template made it.
 */
export function manifestFiles(rendered: string, digest: string): Map<string, string> {
  const documents = rendered.split(/^---\n/m).map((text) => text.trim()).filter((text) => text !== "");
  const files = new Map<string, string[]>();
  for (const document of documents) {
    const [, name, text] = /^# Source: [^/\n]+\/templates\/([a-z_]+\.yaml)\n([^]*)$/.exec(document) ?? [];
    if (name === undefined || text === undefined) {
      throw new RenderedTextError(`Cannot tell the template of: ${JSON.stringify(document.slice(0, 100))}`);
    }
    files.set(name, [...files.get(name) ?? [], text]);
  }
  return new Map([...files].map(([name, texts]) => [name, `${header(digest)}${texts.join("\n---\n")}\n`]));
}

function header(digest: string): string {
  return `# Rendered from deploy/helm/dramemory by \`deno task manifests:render\`: change it there.\n` +
    `# Chart: ${digest}\n\n`;
}

/** The digest that a rendered file carries; undefined when it carries none. */
export function digestIn(text: string): string | undefined {
  return /^# Chart: ([0-9a-f]{64})$/m.exec(text)?.[1];
}
