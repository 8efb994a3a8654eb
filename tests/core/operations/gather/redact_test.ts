import fc from "fast-check";
import assert from "node:assert/strict";
import { redactData, redactText, removed } from "../../../../core/operations/gather/redact.ts";

const secret = "hunter2-s3cr3t";
const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";

const texts: Record<string, string> = {
  "an authorization header": `Authorization: Bearer ${secret}`,
  "basic authorization": `sent header "Authorization: Basic ${btoa(secret)}"`,
  "a web token": `using ${jwt}, which expired`,
  "a URL with a password": `pulling https://robot:${secret}@registry.example.com/v2/`,
  "a flag": `kubelet --bootstrap-token=${secret} --v=2`,
  "a flag and its value behind it": `/usr/bin/agent --api-token ${secret} --v 2`,
  "a shared access signature": `GET https://x.blob.example.net/c/b?sv=2024-05-04&sig=${secret}&se=1 200`,
  "a signature of S3": `https://b.s3.example.com/o?X-Amz-Credential=AKIA&X-Amz-Signature=${secret}`,
  "JSON": `{"password":"${secret}","image":"x"}`,
  "JSON in a log line": String.raw`msg="config {\"secretKey\":\"${secret}\"}"`,
  "YAML": `client-key-data: ${secret}`,
  "a variable": `DB_PASSWORD=${secret} started`,
  "an environment in a message": `CreateContainer env:["PLAIN=${secret}" "B=c"] image`,
  "an environment of a request": `envs:{key:"PLAIN" value:"${secret}"}`,
  "a private key": `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
  "a private key that was cut off": `-----BEGIN PRIVATE KEY-----\\n${secret}`,
};
for (const [what, text] of Object.entries(texts)) {
  Deno.test(`${what} is taken out of a text`, () => {
    const redacted = redactText(text);
    for (const plain of [secret, btoa(secret), jwt]) assert.ok(!redacted.includes(plain), redacted);
    assert.ok(redacted.includes(removed));
  });
}

for (
  const line of [
    "2026-01-31T12:00:00.000Z INFO claim prepared claim=team/claim uid=0c01e379-873c-488c-8f77-02fdeaf6711a",
    'level=error msg="plugin 90-dramemory: ttrpc: closed" at="2026-01-31T12:00:00Z"',
    "Cannot use /run/dramemory (--run-dir): it belongs to another user",
  ]
) {
  Deno.test(`a line without secrets stays: ${line.slice(0, 40)}`, () => assert.equal(redactText(line), line));
}

Deno.test("below a key whose name says so nothing stays, and the rest does", () => {
  const data = {
    version: 3,
    plugins: {
      "io.containerd.cri.v1.images": {
        registry: {
          configs: { "r.example.com": { auth: { username: "robot", password: secret }, tls: {} } },
        },
      },
      "io.containerd.nri.v1.nri": { disable: false, socket_path: "/var/run/nri/nri.sock" },
    },
    authentication: { anonymous: secret },
    staticPodURLHeader: { "X-Plain": [secret] },
    enableServer: true,
    keyed: false,
  };
  assert.deepEqual(redactData(data), {
    version: 3,
    plugins: {
      "io.containerd.cri.v1.images": {
        registry: { configs: { "r.example.com": { auth: removed, tls: {} } } },
      },
      "io.containerd.nri.v1.nri": { disable: false, socket_path: "/var/run/nri/nri.sock" },
    },
    authentication: removed,
    staticPodURLHeader: removed,
    enableServer: true,
    keyed: false,
  });
});

Deno.test("in a list the value that stands behind a secret flag goes, and what is no value stays", () => {
  assert.deepEqual(
    redactData({
      args: ["--api-token", secret, "--v", "2", "-auth-key", secret, "--token-file", "--v=3", "run"],
    }),
    { args: ["--api-token", removed, "--v", "2", "-auth-key", removed, "--token-file", "--v=3", "run"] },
  );
});

Deno.test("in a command line the values of environments go, behind the flag or after it", () => {
  assert.deepEqual(
    redactData([
      "crio",
      "--default-env",
      `A=${secret}`,
      `--conmon-env=B=${secret},C=${secret}`,
      `--user=${secret}`,
      "--envelope=D=e",
    ]),
    [
      "crio",
      "--default-env",
      `A=${removed}`,
      `--conmon-env=B=${removed}`,
      `--user=${removed}`,
      "--envelope=D=e",
    ],
  );
});

Deno.test("of environments the names stay, and the values of this driver's variables", () => {
  const own = "DRAMEMORY_0c01e379_NUMANodes=0";
  assert.deepEqual(
    redactData({
      env: [`A=${secret}`, own, "odd"],
      environment: { B: secret },
      default_env: [`C=${secret}`],
      envelope: "D=e",
    }),
    {
      env: [`A=${removed}`, own, removed],
      environment: { B: removed },
      default_env: [`C=${removed}`],
      envelope: "D=e",
    },
  );
});

Deno.test("wherever a secret is planted under its name, it does not come out", () => {
  const name = fc.constantFrom(
    "token",
    "apiToken",
    "password",
    "client_secret",
    "auth",
    "privateKey",
    "key-data",
  );
  const wrap = fc.array(fc.oneof(fc.constant("[]"), fc.constantFrom("a", "b.c", "plugins")), {
    maxLength: 5,
  });
  fc.assert(fc.property(name, wrap, (name, path) => {
    const data = path.reduce<unknown>((inner, key) => key === "[]" ? [inner] : { [key]: inner }, {
      [name]: secret,
    });
    assert.ok(!JSON.stringify(redactData(data)).includes(secret));
    assert.ok(!redactText(JSON.stringify(data)).includes(secret));
  }));
});

Deno.test("any text is redacted in time, and again without a change", () => {
  fc.assert(fc.property(fc.string({ maxLength: 2000 }), (text) => {
    const once = redactText(text);
    assert.equal(redactText(once), once);
  }));
  redactText("key".repeat(30_000));
  redactText(`${"-----BEGIN A-----".repeat(2000)}`);
});
