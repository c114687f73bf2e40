import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import { ENCRYPTION_KEY } from "./admin.ts";
import { startBrowser } from "./browser.ts";
import { freePort } from "./free-port.ts";
import { startPostgres } from "./postgres.ts";
import { startProgram, type Program } from "./program.ts";
import { restApi, type RestCall } from "./rest.ts";
import { onPostgres } from "./store.ts";

/**
 * A server and a recorder as `npm start` runs them, and a browser to look at the console with. Where tests are run on
 * PostgreSQL they are set to a database.
 */
export interface ConsoleUnderTest {
  readonly url: string;
  readonly recorder: string;
  readonly sdkAppId: number;
  readonly adminToken: string;
  /** Ends server and recorder, and starts them again where they were: with files nobody is signed in any more. */
  restart(): Promise<void>;
  readonly rest: RestCall;
  /** Calls the admin API with the token. */
  admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** A page in a browser that nobody has used before; its own errors fail the test. */
  open(address: string, options?: BrowserContextOptions): Promise<Page>;
  /** The same, signed in. */
  openSignedIn(address: string, options?: BrowserContextOptions): Promise<Page>;
  /** What pages said in their consoles that they should not have. */
  readonly complaints: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts all of it; one is enough for a file of tests.
 * @param prepare is given the folder before anything is started in it
 */
export async function startConsole(
  prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<ConsoleUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), "muster-console-"));
  await prepare(folder);
  const postgres = onPostgres ? await startPostgres({ careless: true }) : undefined;
  const environment = postgres && {
    MUSTER_SERVER_STORE: postgres.url,
    MUSTER_SERVER_ENCRYPTION_KEY: ENCRYPTION_KEY,
    MUSTER_RECORDER_STORE: postgres.url,
  };
  const start = (port: string, recorderPort: string): Program =>
    startProgram(["dev", "--folder", folder, "--port", port, "--recorder-port", recorderPort], environment);
  // Ports that are its own also while it is started again.
  const ports = [String(await freePort()), String(await freePort())] as const;
  let program = start(...ports);
  const [browser, url, recorder] = await Promise.all([startBrowser(), program.url("server"), program.url("recorder")]);
  await program.line(({ event }) => event === "ready");
  const state = JSON.parse(readFileSync(join(folder, "dev.json"), "utf8")) as {
    sdkAppId: number;
    secretKey: string;
    administrator: string;
    adminToken: string;
  };
  const complaints: string[] = [];

  async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await newPage(browser, options, complaints);
    await page.goto(url + address);
    return page;
  }

  return {
    url,
    recorder,
    ...state,
    async restart() {
      await program.kill("SIGTERM");
      program = start(...ports);
      await program.line(({ event }) => event === "ready");
    },
    complaints,
    rest: await restApi(url, state),
    async admin(method, path, body) {
      const response = await fetch(`${url}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${state.adminToken}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const answer = (await response.json()) as Record<string, unknown>;
      if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
      return answer;
    },
    open,
    openSignedIn: (address, options) => open(`${address}#token=${state.adminToken}`, options),
    async stop() {
      await browser.close();
      await program.kill("SIGTERM");
      await postgres?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a page may take to show something, in ms: less than a test may, so that it says what was waited for. */
const PATIENCE = 50_000;

async function newPage(browser: Browser, options: BrowserContextOptions, complaints: string[]): Promise<Page> {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // That a request was refused is the page's to show, and the browser's to mention.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
      complaints.push(message.text());
    }
  });
  return page;
}

/** What axe finds wrong with a page that is serious or worse, a line each. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ["violations"] }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
