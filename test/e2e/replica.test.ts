import { afterAll, beforeAll, expect, it } from "vitest";

import { startAdminServer } from "../harness/admin.ts";
import { startPostgres, type RunningPostgres } from "../harness/postgres.ts";
import { startTestRecorder, type EventList } from "../harness/recorder.ts";
import { startReplica, type RunningReplica } from "../harness/replica.ts";
import { metricOf, restApi } from "../harness/rest.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };
const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"];
const GROUPS = 30;

let postgres: RunningPostgres;
let replica: RunningReplica;
beforeAll(async () => {
  postgres = await startPostgres({ careless: true });
  replica = await startReplica(postgres);
}, 180_000);
afterAll(async () => {
  await replica?.remove();
  await postgres?.stop();
});

const json = async (url: string): Promise<Record<string, unknown>> =>
  (await (await fetch(url)).json()) as Record<string, unknown>;

it(
  "reads from a replica see at every node what any has answered, also when it is gone",
  { timeout: 180_000 },
  async () => {
    const store = { store: postgres.url, replica: replica.at(postgres.url) };
    const recorder = await startTestRecorder({ section: { ...store, mirror: true } });
    const callback = { url: `${recorder.url}/callback`, allowPrivateNetwork: true, switches };
    const apps = [{ sdkAppId: app.sdkAppId, secretKey: app.secretKey, callback }];
    const server = { ...store, encryptionKey: "a key that is long enough to be one" };
    const [one, other] = [await startAdminServer({ apps, server }), await startAdminServer({ apps, server })];
    const [writes, reads] = [await restApi(one.url, app), await restApi(other.url, app)];
    const state = async () => (await json(`${other.url}/readyz`))["replica"];

    /** Makes groups at one node, and looks at the other for each and its delivery. */
    async function liveAndLook(name: string): Promise<void> {
      for (let i = 0; i < GROUPS; i += 1) {
        const GroupId = `${name}-${i}`;
        const made = await writes("group_open_http_svc/create_group", { GroupId, Type: "Public", Name: "n" });
        expect(made).toMatchObject({ ErrorCode: 0 });
        const found = await reads("group_open_http_svc/get_group_info", { GroupIdList: [GroupId] });
        expect(found).toMatchObject({ GroupInfo: [{ GroupId, ErrorCode: 0 }] });
        const listed = await other.call("GET", `/deliveries?sdkAppId=${app.sdkAppId}&groupId=${GroupId}`);
        expect(listed.body).toMatchObject({ deliveries: [{ groupId: GroupId }] });
      }
      const events = async () =>
        (await recorder.get<EventList>(`/v1/events?limit=1000`)).events.map(({ groupId }) => groupId);
      await expect.poll(events).toContain(`${name}-${GROUPS - 1}`);
      expect((await recorder.request("/v1/export?what=groups")).text).toContain(`${name}-${GROUPS - 1}`);
    }

    await expect.poll(state).toBe("read");
    await expect.poll(async () => (await recorder.get<{ replica: string }>("/v1/status")).replica).toBe("read");
    await liveAndLook("followed");
    expect(await metricOf(other.url, 'muster_replica_reads_total{source="replica"}')).toBeGreaterThan(GROUPS);
    expect(await metricOf(recorder.url, 'muster_recorder_replica_reads_total{source="replica"}')).toBeGreaterThan(0);

    await replica.stop();
    await liveAndLook("alone");
    await expect.poll(state).toContain("left alone");
    expect(await metricOf(other.url, "muster_replica_read ")).toBe(0);

    await replica.start();
    await expect.poll(state).toBe("read");
    await liveAndLook("again");
  },
);
