/** The lines that an edit in one place took away and put there: what is left without those at both ends that are the same. */
export function changedLines(before: string, after: string): { removed: string[]; added: string[] } {
  const [removed, added] = [before.split(/\r?\n/), after.split(/\r?\n/)];
  while (removed.length > 0 && added.length > 0 && removed[0] === added[0]) {
    removed.shift();
    added.shift();
  }
  while (removed.length > 0 && added.length > 0 && removed.at(-1) === added.at(-1)) {
    removed.pop();
    added.pop();
  }
  return { removed, added };
}
