import { join } from "node:path";

import { createHttp, createLog, listen } from "@muster/foundation";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../test/harness/folder.ts";
import { healthRoutes } from "./health.ts";
import type { NewCallback } from "./ports.ts";
import { openSqliteStore, type OpenStore } from "./store/sqlite/open-store.ts";

async function serve(connectedDevices = 0): Promise<{ url: string; opened: OpenStore }> {
  const opened = openSqliteStore(join(temporaryFolder(), "server.db"));
  const http = createHttp({ log: createLog("test", "silent") });
  healthRoutes(http, { outbox: opened.outbox, check: opened.check, connectedDevices: () => connectedDevices });
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

const callback: NewCallback = {
  id: "id",
  lane: "chess",
  command: "Group.CallbackAfterCreateGroup",
  body: "{}",
  clientIp: "",
  platform: "RESTAPI",
  acceptedAt: 1,
};

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

  it("shows the books of each app, and they balance", async () => {
    const { url, opened } = await serve(3);
    const { store, outbox } = opened;
    for (const lane of ["a", "a", "b"]) await store.write(7, (tx) => tx.enqueue({ ...callback, lane }));
    await store.write(8, (tx) => tx.enqueue(callback));
    await outbox.cancelPending(8, 2);
    const [first] = await outbox.pending(7, "a", 0, 1);
    if (!first) throw new Error("it is pending");
    const attempt = { number: 1, startedAt: 1, durationMs: 1, outcome: "delivered" } as const;
    await outbox.settle([{ callback: first, attempt, state: "delivered" }], 2);

    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
    const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines).toEqual(
      expect.arrayContaining([
        'muster_callbacks{sdk_app_id="7",state="accepted"} 3',
        'muster_callbacks{sdk_app_id="7",state="delivered"} 1',
        'muster_callbacks{sdk_app_id="7",state="pending"} 2',
        'muster_callbacks{sdk_app_id="7",state="dead"} 0',
        'muster_callbacks{sdk_app_id="7",state="cancelled"} 0',
        'muster_callbacks{sdk_app_id="8",state="accepted"} 1',
        'muster_callbacks{sdk_app_id="8",state="cancelled"} 1',
        "muster_connected_devices 3",
      ]),
    );
  });

  it("has no metrics of another server in the same process", async () => {
    const [one, other] = [await serve(1), await serve(2)];
    expect(await (await fetch(`${one.url}/metrics`)).text()).toContain("muster_connected_devices 1");
    expect(await (await fetch(`${other.url}/metrics`)).text()).toContain("muster_connected_devices 2");
  });
});
