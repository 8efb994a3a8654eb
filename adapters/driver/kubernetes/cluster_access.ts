/** Where a cluster is and as whom to speak to it. */
export interface ClusterAccess {
  /** The API server's base URL, without a slash at its end. */
  readonly server: string;
  /** What lets a request in as things are now. Throws whatever keeps files from being read or a plugin from answering. */
  identity(): Promise<Identity>;
}

/** How the cluster knows its user, and the user the cluster. Certificates and keys are PEM. */
export interface Identity {
  /** Empty for those that the system trusts. */
  readonly authority: string;
  /** Of the client; empty for none. */
  readonly certificate: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}
