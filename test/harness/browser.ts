import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium as browserType, type Browser } from "playwright-core";

/**
 * What the Chromium needs that comes from npm: it runs as root and without a display. Nothing of what protects pages
 * from one another is switched off.
 */
const args = ["--headless=shell", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage"];

/** In ms: a machine that does much else may need long for it. */
const PATIENCE = 120_000;

/** Starts the browser that comes with the packages. */
export async function startBrowser(): Promise<Browser> {
  return await browserType.launch({ executablePath: unpacked(), args, headless: true, timeout: PATIENCE });
}

const entry = import.meta.resolve("@sparticuz/chromium");

/**
 * Unpacks the browser unless that was done before, and returns its file. The package unpacks it where everybody's temporary
 * files are, and takes for a browser what is there while another process still writes it: so each does that in a folder of
 * its own, which gets its name when it is whole.
 */
function unpacked(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", entry), "utf8")) as { version: string };
  const folder = join(tmpdir(), `muster-chromium-${version}`);
  if (!existsSync(folder)) {
    const own = mkdtempSync(`${folder}-`);
    const unpack = `await (await import(${JSON.stringify(entry)})).default.executablePath()`;
    execFileSync(process.execPath, ["--input-type=module", "-e", unpack], { env: { ...process.env, TMPDIR: own } });
    try {
      renameSync(own, folder);
    } catch (error) {
      // Somebody else was as quick.
      rmSync(own, { recursive: true });
      if (!existsSync(folder)) throw error;
    }
  }
  return join(folder, "chromium");
}
