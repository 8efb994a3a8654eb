/** Whether a release as `uname -r` prints it (`6.12.41+deb13-cloud-amd64`) is a version or newer; undefined for no release. */
export function isKernelAtLeast(
  release: string | undefined,
  major: number,
  minor: number,
): boolean | undefined {
  const [, ownMajor, ownMinor] = /^(\d{1,4})\.(\d{1,4})/.exec(release ?? "") ?? [];
  if (ownMajor === undefined || ownMinor === undefined) return undefined;
  return Number(ownMajor) > major || Number(ownMajor) === major && Number(ownMinor) >= minor;
}
