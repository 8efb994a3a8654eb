import * as v from "valibot";
import { parseAllDocuments, stringify } from "yaml";

const prometheusRule = v.object({ kind: v.literal("PrometheusRule"), spec: v.looseObject({}) });

/** The file that Prometheus loads (`rule_files`), from the PrometheusRule that the chart renders. */
export function rulesFile(rendered: string): string {
  const objects = parseAllDocuments(rendered).map((document) => document.toJS());
  const rules = objects.filter((object) => v.is(prometheusRule, object));
  return "# Rendered from deploy/helm/dramemory by `deno task manifests:render`: change it there.\n" +
    rules.map(({ spec }) => stringify(spec, { lineWidth: 110 })).join("---\n");
}
