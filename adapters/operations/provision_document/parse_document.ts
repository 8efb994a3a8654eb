import * as v from "valibot";
import { type Document, isMap, isNode, isPair, isSeq, LineCounter, parseDocument } from "yaml";
import type { HugePageProvision } from "../../../core/operations/setup_hugepages/provision.ts";
import { provisionFields } from "./provision_fields.ts";
import { shortened } from "../../../core/values/quoted.ts";
import { OperatorError } from "../../../core/values/operator_error.ts";

type Path = readonly (string | number)[];

/** Reads a HugePageProvision from YAML or JSON. Throws {@link OperatorError}. */
export function parseProvisionDocument(text: string): HugePageProvision {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // A tag that YAML does not know is a mistake here as well.
  const mistakes = [...document.errors, ...document.warnings];
  if (mistakes.length > 0) {
    throw new OperatorError(
      bounded(
        mistakes.map(({ code, message, pos: [offset] }) =>
          `line ${lines.linePos(offset).line}: ${
            code === "MULTIPLE_DOCS" ? oneDocument : shortened(message, 120)
          }`
        ),
      ),
    );
  }
  if (valueOf(document) === null) throw new OperatorError("there is nothing in it");
  const lineOf = (path: Path) => lines.linePos(offsetOf(document, path)).line;
  const { success, output, issues } = v.safeParse(provisionFields, valueOf(document));
  if (!success) {
    throw new OperatorError(bounded(issues.map((issue) => describe(issue, lineOf))));
  }
  const { metadata, spec: { pages, defaultHugepagesSize } } = output;
  return {
    name: metadata.name,
    pages: pages.map(({ size, count, node }, index) => ({
      where: `spec.pages[${index}] (line ${lineOf(["spec", "pages", index])})`,
      pageSize: size,
      count,
      ...(node === undefined ? {} : { numaNode: node }),
    })),
    ...(defaultHugepagesSize === undefined ? {} : { defaultPageSize: defaultHugepagesSize }),
  };
}

/** More are rather one, made again and again. */
const maxProblems = 20;

function bounded(problems: readonly string[]): string {
  const more = problems.length - maxProblems;
  return [...problems.slice(0, maxProblems), ...more > 0 ? [`and ${more} more`] : []].join("\n");
}

const oneDocument = "a second document begins here, and one is wanted";

function valueOf(document: Document): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    // Aliases that would make more of the text than there is memory for.
    if (!(cause instanceof ReferenceError)) throw cause;
    throw new OperatorError(cause.message, { cause });
  }
}

function describe(issue: v.BaseIssue<unknown>, lineOf: (path: Path) => number): string {
  const path = (issue.path ?? []).map(({ key }) => typeof key === "number" ? key : String(key));
  const name = path.map((part) => typeof part === "number" ? `[${part}]` : `.${shortened(part)}`).join("")
    .slice(1);
  const found = issue.received === "undefined" || issue.expected === "never"
    ? ""
    : `, found ${shortened(issue.received)}`;
  return `line ${lineOf(path)}${name && `, ${name}`}: ${issue.message}${found}`;
}

/** Where in the text a value begins, or as much of the way to it as there is. */
function offsetOf(document: Document, path: Path): number {
  let value: unknown = document.contents, offset = 0;
  for (const part of path) {
    if (isMap(value)) {
      const pair = value.items.find(({ key }) => isNode(key) && String(key) === part);
      offset = startOf(pair?.key) ?? offset;
      value = pair?.value;
    } else if (isSeq(value) && typeof part === "number") {
      value = value.items[part];
      offset = startOf(value) ?? offset;
    }
  }
  return offset;
}

function startOf(value: unknown): number | undefined {
  return isNode(value) && !isPair(value) ? value.range?.[0] : undefined;
}
