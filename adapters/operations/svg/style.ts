import { element, type Svg } from "./element.ts";

/**
 * What each kind of thing looks like, on light ground and on dark. The colors of the bars can be told apart with any
 * color vision (the palette of Okabe and Ito, lightened), and each stands in the legend with its name.
 */
const rules = `
text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: #1f2328; }
.heading { font-size: 20px; font-weight: 600; }
.title { font-size: 15px; font-weight: 600; }
.note { font-size: 12px; fill: #59636e; }
.ground { fill: #ffffff; }
.node { fill: #f6f8fa; stroke: #8c959f; }
.track { fill: #e2e6ea; }
.outline { fill: none; stroke: #8c959f; }
.claimed { fill: #0072b2; }
.free { fill: #9bd0f2; }
.pages { fill: #f2c45a; }
.used { fill: #c2410c; }
.reserved { fill: #8c959f; }
.far { fill: #c2410c; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.note { fill: #9198a1; }
.ground { fill: #0d1117; }
.node { fill: #161b22; stroke: #59636e; }
.track { fill: #30363d; }
.outline { stroke: #59636e; }
.claimed { fill: #3d9be0; }
.free { fill: #1d4c70; }
.pages { fill: #8f6a12; }
.used { fill: #e8703a; }
.reserved { fill: #6e7681; }
.far { fill: #e8703a; }
}
`;

/** The style sheet of a picture. */
export function styleSheet(): Svg {
  // Nothing in the rules needs escaping except the quotes, which a style sheet must have as they are.
  return element("style", {}, rules as Svg);
}

/** About how wide a text is in pixels; no font is at hand to ask. */
export function textWidth(text: string, fontSize = 13): number {
  return text.length * fontSize * 0.58;
}
