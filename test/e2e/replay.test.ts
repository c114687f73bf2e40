import { expect, it } from "vitest";

import { ADMIN_TOKEN, ENCRYPTION_KEY } from "../harness/admin.ts";
import { startEndpoint } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { startProgram } from "../harness/program.ts";
import { startTestRecorder } from "../harness/recorder.ts";
import { metricReaches, restApi } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };
const CREATED = "Group.CallbackAfterCreateGroup";
const GROUPS = 200;
const books = (state: string): string => `muster_callbacks{sdk_app_id="1400000001",state="${state}"}`;

it(
  "replays all dead letters into the recorder, though the server is killed meanwhile",
  { timeout: 300_000 },
  async () => {
    const refusing = await startEndpoint("/callback", () => ({ status: 500, text: "no" }));
    const recorder = await startTestRecorder();
    const folder = temporaryFolder();
    const store = await storeIn(folder, "server");
    const configFor = (url: string, retry: "none" | readonly number[]): string =>
      writeConfig(folder, {
        server: { port: 0, store, adminToken: ADMIN_TOKEN, encryptionKey: ENCRYPTION_KEY, logLevel: "silent" },
        apps: [
          {
            sdkAppId: app.sdkAppId,
            secretKey: app.secretKey,
            callback: { url, allowPrivateNetwork: true, retry, switches: [CREATED] },
          },
        ],
      });
    const first = startProgram(["serve", "--config", configFor(refusing.url, "none")]);
    const url = await first.url();
    const rest = await restApi(url, app);
    await Promise.all(
      Array.from({ length: GROUPS }, (_, i) =>
        rest("group_open_http_svc/create_group", { GroupId: `group-${i}`, Type: "Public", Name: "n" }),
      ),
    );
    const args = ["--sdkappid", "1400000001", "--url", url, "--token", ADMIN_TOKEN];
    await metricReaches(url, `muster_endpoint_state{sdk_app_id="${app.sdkAppId}",state="open"}`, 1);
    const shown = startProgram(["endpoint", ...args]);
    expect(await shown.ended(), shown.errors()).toBe(0);
    expect(JSON.parse(shown.lines[0] ?? "")).toMatchObject({ state: "open", lastOutcome: "status" });
    const back = startProgram(["endpoint", "revive", ...args]);
    expect(await back.ended(), back.errors()).toBe(0);
    expect(JSON.parse(back.lines[0] ?? "")).toMatchObject({ event: "endpoint", sdkAppId: app.sdkAppId });
    expect(await first.kill("SIGKILL")).toBeNull();

    // Killed again and again while it replays; whoever is not told how far it came begins again.
    // The recorder is in this process: what it is too slow to answer is not given up again.
    const retry = Array.from({ length: 20 }, () => 1);
    const config = configFor(`${recorder.url}/callback`, retry);
    for (let kills = 0; kills < 3; kills += 1) {
      const server = startProgram(["serve", "--config", config]);
      const replaying = startProgram(["replay", "--sdkappid", "1400000001", "--dead", "--url", await server.url()], {
        MUSTER_ADMIN_TOKEN: ADMIN_TOKEN,
      });
      await replaying.line(({ event }) => event === "queued");
      expect(await server.kill("SIGKILL")).toBeNull();
    }
    const last = startProgram(["serve", "--config", config]);
    const again = ["replay", "--dead", "--sdkappid", "1400000001", "--url", await last.url(), "--token", ADMIN_TOKEN];
    expect(await startProgram(again).ended()).toBe(0);
    const lastUrl = await last.url();
    // Nothing is repeated of which another app, or a time that could be any, was said.
    const ofOther = startProgram(["replay", "1", "--sdkappid", "7", "--url", lastUrl, "--token", ADMIN_TOKEN]);
    expect(await ofOther.ended()).toBe(1);
    expect(ofOther.errors()).toContain("There is no delivery 1 of the app 7");
    const ofYear = startProgram(["replay", "--sdkappid", "1400000001", "--from", "2026"]);
    expect(await ofYear.ended()).toBe(2);
    expect(ofYear.errors()).toContain("It must be an instant like 2026-11-22T08:00:00Z");
    await metricReaches(lastUrl, books("dead"), 0);
    await metricReaches(lastUrl, books("pending"), 0);
    await metricReaches(lastUrl, books("delivered"), GROUPS);
    await metricReaches(lastUrl, books("accepted"), GROUPS);
    const { events } = await recorder.get<{ events: { groupId: string; replays: number; sequence: number }[] }>(
      "/v1/events?limit=1000",
    );
    expect(new Set(events.map(({ groupId }) => groupId)).size).toBe(GROUPS);
    expect(events).toHaveLength(GROUPS);
    expect(events.every(({ sequence }) => sequence === 1)).toBe(true);
    expect(events.some(({ replays }) => replays > 0)).toBe(true);
    expect(await last.kill("SIGTERM"), last.errors()).toBe(0);
  },
);

it("triggers a sample callback and tells how it went", async () => {
  const recorder = await startTestRecorder();
  const args = ["trigger", "Group.CallbackAfterGroupDestroyed", "--sdkappid", "1400000001", "--url"];
  const sent = startProgram([...args, `${recorder.url}/callback`, "--data", '{"GroupId":"chess"}']);
  expect(await sent.ended()).toBe(0);
  expect(JSON.parse(sent.lines[0] ?? "")).toMatchObject({
    outcome: "delivered",
    status: 200,
    body: { GroupId: "chess" },
  });
  const { events } = await recorder.get<{ events: unknown[] }>("/v1/events");
  expect(events).toMatchObject([{ groupId: "chess", fault: null }]);
  const refused = startProgram([...args, `${recorder.url}/elsewhere`]);
  expect(await refused.ended()).toBe(1);
  expect(JSON.parse(refused.lines[0] ?? "")).toMatchObject({ outcome: "status", problem: {} });
});
