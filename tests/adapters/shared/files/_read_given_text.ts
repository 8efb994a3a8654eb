import { readGivenText } from "../../../../adapters/shared/files/given_text.ts";

/** Prints the text that is given by a path, or why it is none. For a process of its own, with a shell's streams. */
const [path = "", maxBytes] = Deno.args;
try {
  console.log(await readGivenText(path, Number(maxBytes)));
} catch (error) {
  console.log(String(error));
}
