/** Runs a test with environment variables set or, where undefined, unset. Nothing else may look at them meanwhile. */
export async function withEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  test: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  try {
    for (const [name, value] of Object.entries(variables)) setOrUnset(name, value);
    await test();
  } finally {
    for (const [name, value] of before) setOrUnset(name, value);
  }
}

function setOrUnset(name: string, value: string | undefined): void {
  if (value === undefined) Deno.env.delete(name);
  else Deno.env.set(name, value);
}
