/** Whose memory the demo plays with. */
export const demoTopologies = [
  "this-machine",
  "two-numa",
  "memory-tiers",
  "high-bandwidth",
  "arm64-16k",
  "arm64-64k",
] as const;
export type DemoTopology = (typeof demoTopologies)[number];
