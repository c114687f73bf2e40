import { describe, expect, it } from "vitest";

import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import { startTestRecorder, type RecorderSettings } from "../../../../test/harness/recorder.ts";
import { createRecorderMirror } from "../reconcile/recorder-mirror.ts";

const TOKEN = "of the recorder";
const callback = { CallbackCommand: "Group.CallbackAfterGroupFull", GroupId: "@TGS#2J4SZEAEL" };
const start = (settings: RecorderSettings = {}) =>
  startTestRecorder({ ...settings, section: { adminToken: TOKEN, sinks: [], mirror: true } });
const authorized = (authorization: string) => ({ headers: { authorization } });

describe("a recorder with an admin token", () => {
  it("takes callbacks and says how it is without one", async () => {
    const recorder = await start();
    expect((await recorder.post({ body: callback })).status).toBe(200);
    for (const path of ["/healthz", "/readyz"]) expect((await recorder.request(path)).status).toBe(200);
  });

  it("tells all else to those alone who have it", async () => {
    const recorder = await start();
    await recorder.post({ body: callback });
    const reading = [
      "events",
      "groups",
      "groups/a",
      "groups/a/timeline",
      "stream",
      "status",
      "gaps",
      "export",
      "sinks",
    ];
    // The last ones as a router may read them.
    const paths = [...reading.map((name) => `/v1/${name}`), "/metrics", "/v1/nothing", "/v1/%65vents", "//v1/events"];
    const asked = paths.map((path) => ["GET", path] as const);
    const changing = ["pause", "held/skip", "dead-letters/retry"].map(
      (path) => ["POST", `/v1/sinks/a/${path}`] as const,
    );
    for (const [method, path] of [...asked, ...changing, ["DELETE", "/v1/sinks/a"], ["HEAD", "/v1/events"]] as const) {
      const { status, headers, text } = await recorder.request(path, { method });
      expect({ path, status, challenge: headers.get("www-authenticate") }).toEqual({
        path,
        status: 401,
        challenge: 'Bearer realm="muster"',
      });
      expect(text).not.toContain("TGS");
    }
    for (const wrong of ["Bearer another", `Basic ${TOKEN}`, TOKEN, "Bearer", `Bearer ${TOKEN}x`]) {
      expect((await recorder.request("/v1/events", authorized(wrong))).status).toBe(401);
    }
    for (const right of [`Bearer ${TOKEN}`, `bearer  ${TOKEN}`]) {
      expect((await recorder.request("/v1/events", authorized(right))).text).toContain("@TGS#2J4SZEAEL");
      expect((await recorder.request("/metrics", authorized(right))).text).toContain(
        "muster_recorder_journal_events 1",
      );
    }
  });

  it("does not listen to who guesses, until a minute is over, and takes callbacks meanwhile", async () => {
    const clock = createManualClock(1_700_000_000_000);
    const recorder = await startTestRecorder({ clock, section: { adminToken: TOKEN } });
    const ask = (token: string) => recorder.request("/v1/events", authorized(`Bearer ${token}`));
    for (let i = 0; i < 20; i += 1) expect((await ask(`guess ${i}`)).status).toBe(401);
    const locked = await ask(TOKEN);
    expect([locked.status, locked.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await recorder.post({ body: callback })).status).toBe(200);
    clock.advance(60_000);
    expect((await ask(TOKEN)).status).toBe(200);
  });

  it("is reconciled with by who has it", async () => {
    const recorder = await start();
    await recorder.post({ body: callback });
    const parts = { url: recorder.url, path: "/callback", sdkAppId: 1400000001, token: undefined, now: Date.now };
    async function groupsOf(adminToken?: string): Promise<string[]> {
      const found: string[] = [];
      for await (const groupId of createRecorderMirror({ ...parts, adminToken }).listGroups()) found.push(groupId);
      return found;
    }
    await expect(groupsOf()).rejects.toThrow("refused (401)");
    await expect.poll(() => groupsOf(TOKEN)).toEqual(["@TGS#2J4SZEAEL"]);
  });
});
