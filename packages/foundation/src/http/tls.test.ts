import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect } from "node:tls";

import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { StartError } from "../start-error.ts";
import { createHttp } from "./create-http.ts";
import { listen } from "./listen.ts";
import { readTls, watchTls, type TlsFiles } from "./tls.ts";

const fixtures = join(import.meta.dirname, "..", "..", "fixtures", "tls");
type Pair = "first" | "second";
const certOf = (pair: Pair): string => join(fixtures, `${pair}.cert.pem`);
const keyOf = (pair: Pair): string => join(fixtures, `${pair}.key.pem`);

/** A pair of files of one's own, to change. */
function copyOf(pair: Pair): TlsFiles {
  const folder = temporaryFolder();
  const files = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  copyFileSync(certOf(pair), files.certFile);
  copyFileSync(keyOf(pair), files.keyFile);
  return files;
}

/** Whose certificate a server shows to a new connection. */
function shownAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      port,
      host: "127.0.0.1",
      ca: [readFileSync(certOf("first")), readFileSync(certOf("second"))],
    });
    socket.on("secureConnect", () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.end();
    });
    socket.on("error", reject);
  });
}

function refusal(files: TlsFiles): StartError {
  try {
    readTls(files);
  } catch (error) {
    if (error instanceof StartError) return error;
  }
  throw new Error("it was read");
}

describe("a certificate and its key", () => {
  it("are read where they fit", () => {
    expect(readTls(copyOf("first")).cert.toString()).toContain("BEGIN CERTIFICATE");
  });

  it.each<[string, (files: TlsFiles) => void]>([
    ["do not fit each other", ({ keyFile }) => copyFileSync(keyOf("second"), keyFile)],
    ["are cut off", ({ certFile }) => writeFileSync(certFile, readFileSync(certFile).subarray(0, 200))],
    ["are empty", ({ keyFile }) => writeFileSync(keyFile, "")],
  ])("are refused where they %s", (_what, spoil) => {
    const files = copyOf("first");
    spoil(files);
    const { code, message } = refusal(files);
    expect(code).toBe("TLS_UNREADABLE");
    expect(message).toContain(`The certificate ${files.certFile} with the key ${files.keyFile} cannot be used: `);
    expect(message).toContain("; check both paths in the configuration's tls.");
  });

  it("are refused where there is no such file", () => {
    const { code, message } = refusal({ ...copyOf("first"), keyFile: "/no/such/key.pem" });
    expect(code).toBe("TLS_UNREADABLE");
    expect(message).toContain("ENOENT");
  });
});

describe("a server with TLS", () => {
  it("is reached over HTTPS, and says so in its URL", async () => {
    const http = createHttp({ tls: copyOf("first"), log: pino({ level: "silent" }) });
    onTestFinished(() => http.close());
    http.get("/", () => "hidden");
    const url = await listen(http, "127.0.0.1", 0);
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await shownAt(Number(new URL(url).port))).toBe("first.muster.test");
  });
});

describe("a renewed certificate", () => {
  async function serve(): Promise<{ files: TlsFiles; port: number; problems: StartError[] }> {
    const files = copyOf("first");
    const problems: StartError[] = [];
    const server: Server = createServer(readTls(files), (_request, response) => response.end());
    const unwatch = watchTls(server, files, (problem) => problems.push(problem), 20);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      unwatch();
      server.close();
    });
    return { files, port: (server.address() as AddressInfo).port, problems };
  }

  it("is shown without a restart", async () => {
    const { files, port, problems } = await serve();
    expect(await shownAt(port)).toBe("first.muster.test");
    copyFileSync(keyOf("second"), files.keyFile);
    copyFileSync(certOf("second"), files.certFile);
    await expect.poll(() => shownAt(port)).toBe("second.muster.test");
    // Between the two files, one may have been seen without the other.
    expect(problems.length).toBeLessThanOrEqual(1);
  });

  it("is waited for while it is half written, and the old one stays in use", async () => {
    const { files, port, problems } = await serve();
    copyFileSync(certOf("second"), files.certFile);
    await expect.poll(() => problems.length).toBe(1);
    expect(problems[0]).toMatchObject({ code: "TLS_UNREADABLE" });
    expect(await shownAt(port)).toBe("first.muster.test");
    copyFileSync(keyOf("second"), files.keyFile);
    await expect.poll(() => shownAt(port)).toBe("second.muster.test");
    expect(problems).toHaveLength(1);
  });
});
