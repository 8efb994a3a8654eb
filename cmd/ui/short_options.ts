/**
 * A command line with `-o=json` as `-ojson`: kubectl and the kubelet take both, and the parser of command lines here would
 * have the sign for a part of the value.
 */
export function withoutEqualsSigns(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, index) => end >= 0 && index > end ? arg : arg.replace(/^(-[A-Za-z])=(?=.)/, "$1"));
}
