import { bitString, boolean, der, integer, octetString, oid, sequence, utcTime, utf8String } from "./der.ts";

/** What an HTTPS server on this machine needs, and what its clients have to know; each in PEM. */
export interface ServerCertificates {
  /** The authority that clients trust. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const curve = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const signatureAlgorithm = sequence(oid("1.2.840.10045.4.3.2"));
const dayMilliseconds = 86_400_000;

/**
 * Makes an authority and a certificate of it for 127.0.0.1 and localhost, for a day (RFC 5280). They are two,
 * because TLS clients may refuse a server that shows an authority's own certificate.
 */
export async function makeServerCertificates(now = new Date()): Promise<ServerCertificates> {
  const authorityKeys = await crypto.subtle.generateKey(curve, true, ["sign", "verify"]);
  const serverKeys = await crypto.subtle.generateKey(curve, true, ["sign", "verify"]);
  const issuer = { name: "dramemory simulated authority", key: authorityKeys.privateKey };
  const keyId = crypto.getRandomValues(new Uint8Array(20));
  const authority = await issue(issuer, issuer.name, authorityKeys.publicKey, now, [
    extension("2.5.29.19", true, sequence(boolean(true))),
    extension("2.5.29.15", true, bitString(Uint8Array.of(0x04), 2)),
    extension("2.5.29.14", false, octetString(keyId)),
  ]);
  const certificate = await issue(issuer, "dramemory simulated API server", serverKeys.publicKey, now, [
    extension("2.5.29.19", true, sequence()),
    extension("2.5.29.15", true, bitString(Uint8Array.of(0x80), 7)),
    extension("2.5.29.37", false, sequence(oid("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.17", false, sequence(ipAddress(127, 0, 0, 1), dnsName("localhost"))),
    extension("2.5.29.35", false, sequence(der(0x80, keyId))),
  ]);
  const key = await crypto.subtle.exportKey("pkcs8", serverKeys.privateKey);
  return {
    authority: pem("CERTIFICATE", authority),
    certificate: pem("CERTIFICATE", certificate),
    key: pem("PRIVATE KEY", new Uint8Array(key)),
  };
}

async function issue(
  issuer: { readonly name: string; readonly key: CryptoKey },
  subject: string,
  key: CryptoKey,
  now: Date,
  extensions: readonly Uint8Array[],
): Promise<Uint8Array> {
  const from = utcTime(new Date(now.getTime() - dayMilliseconds));
  const until = utcTime(new Date(now.getTime() + dayMilliseconds));
  const body = sequence(
    der(0xa0, integer(Uint8Array.of(2))),
    integer(crypto.getRandomValues(new Uint8Array(16))),
    signatureAlgorithm,
    commonName(issuer.name),
    sequence(from, until),
    commonName(subject),
    new Uint8Array(await crypto.subtle.exportKey("spki", key)),
    der(0xa3, sequence(...extensions)),
  );
  const signature = new Uint8Array(await crypto.subtle.sign(curve, issuer.key, body));
  // WebCrypto writes the two numbers of a signature side by side, certificates as a sequence (RFC 3279).
  const numbers = sequence(integer(signature.subarray(0, 32)), integer(signature.subarray(32)));
  return sequence(body, signatureAlgorithm, bitString(numbers));
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

function commonName(text: string): Uint8Array {
  return sequence(der(0x31, sequence(oid("2.5.4.3"), utf8String(text))));
}

function ipAddress(...bytes: readonly number[]): Uint8Array {
  return der(0x87, Uint8Array.from(bytes));
}

function dnsName(name: string): Uint8Array {
  return der(0x82, new TextEncoder().encode(name));
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...bytes)).replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
