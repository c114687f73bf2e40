import chromium from "@sparticuz/chromium";
import { chromium as browserType, type Browser } from "playwright-core";

/**
 * What the Chromium needs that comes from npm: it runs as root and without a display. Nothing of what protects pages
 * from one another is switched off.
 */
const args = ["--headless=shell", "--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage"];

/** Starts the browser that comes with the packages. */
export async function startBrowser(): Promise<Browser> {
  return await browserType.launch({ executablePath: await chromium.executablePath(), args, headless: true });
}
