/** What is known of the sources that an image is made from. */
export interface Sources {
  readonly version: string;
  readonly licenses: string;
  /** The commit, with `-dirty` behind it when files were changed since; undefined outside of a checkout. */
  readonly revision: string | undefined;
  /** Where the sources are; undefined when the checkout has no remote. */
  readonly url: string | undefined;
  /** When the image is to be from: SOURCE_DATE_EPOCH, else the commit's time, else the start of 1970. */
  readonly created: Date;
}

/** Labels by the predefined keys (OCI image specification, annotations.md); what is not known is left out. */
export function imageLabels(title: string, description: string, sources: Sources): Record<string, string> {
  const labels: Record<string, string | undefined> = {
    title,
    description,
    version: sources.version,
    licenses: sources.licenses,
    created: sources.created.toISOString(),
    revision: sources.revision,
    source: sources.url,
  };
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) =>
      value === undefined ? [] : [[`org.opencontainers.image.${key}`, value]]
    ),
  );
}
