/** Whether a file that an API server writes its own certificate and the authority in, one behind the other, is whole. */
export function hasCertificateAndAuthority(text: string): boolean {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g)?.length === 2;
}
