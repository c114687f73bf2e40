import { expect, it, onTestFinished, vi } from "vitest";

import { startAdminServer } from "../harness/admin.ts";
import { startPostgres } from "../harness/postgres.ts";
import { restApi } from "../harness/rest.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app" };

it("takes on each node what the admin API changes on another", { timeout: 60_000 }, async () => {
  const database = await startPostgres({ careless: true });
  onTestFinished(() => database.stop());
  const server = {
    store: database.url,
    encryptionKey: "a key that is long enough to be one",
  };
  const [one, other] = [
    await startAdminServer({ apps: [app], server }),
    await startAdminServer({ apps: [app], server }),
  ];
  const made = { sdkAppId: 1400000002, secretKey: "the-key-of-another-app", name: "made" };
  expect((await one.call("POST", "/apps", { body: made })).status).toBe(201);
  await vi.waitUntil(async () => (await other.call("GET", `/apps/${made.sdkAppId}`)).status === 200, {
    timeout: 20_000,
  });
  // Its users and its administrator are let in there as well.
  const rest = await restApi(other.url, { ...made, administrator: "administrator" });
  expect(await rest("im_open_login_svc/account_import", { UserID: "leckie" })).toMatchObject({ ErrorCode: 0 });
  expect((await other.call("DELETE", `/apps/${made.sdkAppId}`)).status).toBe(200);
  await vi.waitUntil(async () => (await one.call("GET", `/apps/${made.sdkAppId}`)).status === 404, { timeout: 20_000 });
});
