import { join } from "node:path";

import { createFigures, createHttp, createLog, listen } from "@muster/foundation";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../test/harness/folder.ts";
import { healthRoutes } from "./health.ts";
import type { OpenStore } from "./store/opened-store.ts";
import { openSqliteStore } from "./store/sqlite/open-store.ts";

async function serve(): Promise<{ url: string; opened: OpenStore }> {
  const opened = openSqliteStore(join(temporaryFolder(), "server.db"));
  const http = createHttp({ log: createLog("test", "silent") });
  healthRoutes(http, { check: opened.check, figures: createFigures() });
  const url = await listen(http, "127.0.0.1", 0);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await opened.close();
    isOpen = false;
  };
  onTestFinished(async () => {
    await http.close();
    await close();
  });
  return { url, opened: { ...opened, close } };
}

describe("a server", () => {
  it("is alive and ready while its store can be reached", async () => {
    const { url } = await serve();
    for (const [path, status] of [
      ["healthz", "alive"],
      ["readyz", "ready"],
    ]) {
      const response = await fetch(`${url}/${path}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ status });
    }
  });

  it("is alive but not ready, and says why, while its store cannot be reached", async () => {
    const { url, opened } = await serve();
    await opened.close();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: "not ready",
      reason: expect.stringMatching(/^the store cannot be reached: ./),
    });
  });
});
