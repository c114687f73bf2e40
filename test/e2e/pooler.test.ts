import { beforeEach, expect, it, onTestFinished } from "vitest";

import { startAdminServer } from "../harness/admin.ts";
import { noPgbouncer, startPgbouncer } from "../harness/pgbouncer.ts";
import { startPostgres } from "../harness/postgres.ts";
import { startTestRecorder, type EventList } from "../harness/recorder.ts";
import { restApi } from "../harness/rest.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };
const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"];
const GROUPS = 20;

beforeEach((context) => {
  if (noPgbouncer !== undefined) context.skip(noPgbouncer);
});

it(
  "two servers and a recorder work through a pooler, and one goes on where the other ends",
  { timeout: 180_000 },
  async () => {
    const postgres = await startPostgres({ careless: true });
    onTestFinished(() => postgres.stop());
    const pooler = await startPgbouncer(postgres.url, { mode: "session", size: 3 * 17 });
    onTestFinished(() => pooler.stop());
    const store = pooler.through(postgres.url);
    const recorder = await startTestRecorder({ section: { store, mirror: true } });
    const callback = { url: `${recorder.url}/callback`, allowPrivateNetwork: true, switches };
    const { sdkAppId, secretKey } = app;
    const apps = [{ sdkAppId, secretKey, callback }];
    const server = { store, encryptionKey: "a key that is long enough to be one" };
    const [one, other] = [await startAdminServer({ apps, server }), await startAdminServer({ apps, server })];

    const create = async (url: string, name: string): Promise<void> => {
      const rest = await restApi(url, app);
      const calls = Array.from({ length: GROUPS }, (_, i) =>
        rest("group_open_http_svc/create_group", { GroupId: `${name}-${i}`, Type: "Public", Name: "n" }),
      );
      for (const answer of await Promise.all(calls)) expect(answer).toMatchObject({ ErrorCode: 0 });
    };
    const arrive = async (count: number): Promise<void> => {
      const kept = async () => (await recorder.get<EventList>("/v1/events?limit=1000")).events.length;
      await expect.poll(kept).toBe(count);
    };
    await Promise.all([create(one.url, "one"), create(other.url, "other")]);
    await arrive(2 * GROUPS);
    await one.stop();
    await create(other.url, "later");
    await arrive(3 * GROUPS);
  },
);
