import type { SubmittedObject } from "./api_object.ts";
import { invalid } from "./status.ts";

/** A DNS label (RFC 1123). */
export const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Whether a text is DNS labels joined by dots, of at most so many characters. */
export function isDnsSubdomain(text: string, maxLength = 253): boolean {
  return text.length <= maxLength && text.split(".").every((label) => dnsLabel.test(label));
}

const suffixLength = 5;
/** `maxGeneratedNameLength` of k8s.io/apiserver/pkg/storage/names. */
const maxPrefixLength = 63 - suffixLength;
const suffixLetters = "bcdfghjklmnpqrstvwxz2456789";

/** The name of a new object: its own, or one that starts with its `generateName`. Throws `StatusError` 422. */
export function chooseName(kind: string, { name, generateName }: SubmittedObject["metadata"]): string {
  const chosen = name ?? (generateName === undefined ? "" : generatedName(generateName));
  if (isDnsSubdomain(chosen)) return chosen;
  const field = name === undefined ? "metadata.generateName" : "metadata.name";
  throw invalid(kind, chosen, [{ field, message: "must be a lowercase RFC 1123 subdomain" }]);
}

function generatedName(prefix: string): string {
  const letters = Array.from(
    crypto.getRandomValues(new Uint8Array(suffixLength)),
    (byte) => suffixLetters.charAt(byte % suffixLetters.length),
  );
  return prefix.slice(0, maxPrefixLength) + letters.join("");
}
