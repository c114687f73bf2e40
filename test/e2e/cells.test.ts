import { createClient, EVENT } from "@muster/client";
import { signUserSig } from "@muster/protocol";
import { expect, it, onTestFinished, vi } from "vitest";

import { startAdminServer } from "../harness/admin.ts";
import { noNginx, startCellRouter } from "../harness/cell-router.ts";
import { OK, startEndpoint, type Arrival } from "../harness/endpoint.ts";
import { postgresOfFile } from "../harness/postgres-of-file.ts";
import { startProgram, type Program } from "../harness/program.ts";
import { restApi, type RestAnswer, type RestCall } from "../harness/rest.ts";

const moving = { sdkAppId: 1400000001, secretKey: "the-key-of-the-app-that-moves", administrator: "administrator" };
const staying = { sdkAppId: 1400000002, secretKey: "the-key-of-the-app-that-stays", administrator: "administrator" };
const there = { sdkAppId: 1400000003, secretKey: "the-key-of-the-app-that-is-there", administrator: "administrator" };
const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupInfoChanged"];
const GROUPS = 60;
const WAIT = { timeout: 60_000, interval: 20 };

const groupOf = ({ body }: Arrival): string => String(body["GroupId"]);
const sequenceOf = ({ headers }: Arrival): number => Number(headers["muster-sequence"]);
/** Of groups whose names end in an odd digit every callback fails at first, and is tried again in an hour. */
const isOdd = (arrival: Arrival): boolean => /[13579]$/.test(groupOf(arrival));

const postgres = await postgresOfFile();

async function everyGroup(call: (groupId: string) => Promise<RestAnswer>): Promise<void> {
  const answers = await Promise.all(Array.from({ length: GROUPS }, (_, i) => call(`group-${i}`)));
  expect(new Set(answers.map(({ ErrorInfo }) => ErrorInfo))).toEqual(new Set([""]));
}

const renameAll = (rest: RestCall, Name: string): Promise<void> =>
  everyGroup((GroupId) => rest("group_open_http_svc/modify_group_base_info", { GroupId, Name }));

it("leads an app to its cell, and to another one once it has moved there", { timeout: 240_000 }, async (context) => {
  if (noNginx !== undefined) context.skip(noNginx);
  let hasMoved = false;
  const answered: Arrival[] = [];
  const backend = await startEndpoint("/callback", (arrival) => {
    if (!hasMoved && isOdd(arrival)) return { status: 500, text: "not now" };
    answered.push(arrival);
    return OK;
  });
  const callback = { url: backend.url, allowPrivateNetwork: true, retry: [3_600, 3_600], switches };
  const cell = async (name: string, apps: readonly Readonly<Record<string, unknown>>[]) => {
    const store = await postgres.createDatabase(name);
    return { ...(await startAdminServer({ apps, server: { store } })), store };
  };
  const { administrator: _, ...moved } = { ...moving, callback };
  const [stays, isThere] = [staying, there].map(({ sdkAppId, secretKey }) => ({ sdkAppId, secretKey, callback }));
  const old = await cell("cell_1", [moved, stays ?? {}]);
  const next = await cell("cell_7", [isThere ?? {}]);
  const router = await startCellRouter({ "cell-1": [old.url], "cell-7": [next.url] });
  router.lead(there.sdkAppId, "cell-7");
  const create = (rest: RestCall) => (GroupId: string) =>
    rest("group_open_http_svc/create_group", { GroupId, Type: "Public", Name: "n", Owner_Account: "leckie" });
  const thereRest = await restApi(router.url, there);
  await vi.waitUntil(
    async () => (await thereRest("group_open_http_svc/get_appid_group_list", {})).ErrorCode === 0,
    WAIT,
  );

  // Each app by its cell, over one address; a user of the one that will move is connected.
  const rest = await restApi(router.url, moving);
  for (const api of [rest, thereRest, await restApi(router.url, staying)]) {
    expect(await api("im_open_login_svc/account_import", { UserID: "leckie" })).toMatchObject({ ErrorCode: 0 });
    await everyGroup(create(api));
  }
  const client = createClient({ url: router.url, sdkAppId: moving.sdkAppId });
  onTestFinished(() => client.destroy());
  const names: string[] = [];
  client.on(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, ({ data }) => {
    if (data.operationType === 255) names.push(data.userDefinedField);
  });
  const claims = {
    sdkAppId: moving.sdkAppId,
    userId: "leckie",
    issuedAt: Math.floor(Date.now() / 1000) - 10,
    expiresIn: 3_600,
  };
  await client.login({ userID: "leckie", userSig: await signUserSig(claims, moving.secretKey) });
  const tell = (api: RestCall, Content: string) =>
    api("group_open_http_svc/send_group_system_notification", { GroupId: "group-0", Content });
  expect(await tell(rest, "before")).toMatchObject({ ErrorCode: 0 });
  await vi.waitUntil(() => names.includes("before"), WAIT);
  await renameAll(rest, "before");

  // A server is on what it leaves: nothing happens.
  const args = ["migrate-store", "--app", String(moving.sdkAppId), "--from", old.store, "--to", next.store];
  const tooEarly = startProgram(args);
  expect(await tooEarly.ended()).toBe(1);
  expect(tooEarly.errors()).toContain("in use by a server; stop that first");
  await old.stop();

  const killed = startProgram([...args, "--json"]);
  await killed.line(({ event, table }) => event === "copying" && table === "outbox");
  expect(await killed.kill("SIGKILL")).toBeNull();
  // The other cell goes on meanwhile, and does not serve what it has a part of, whoever enters it.
  const { status } = await next.call("POST", "/apps", { body: moved });
  expect(status).toBe(201);
  const nextRest = await restApi(next.url, moving);
  expect(await nextRest("group_open_http_svc/get_appid_group_list", {})).toMatchObject({ ActionStatus: "FAIL" });
  await renameAll(thereRest, "meanwhile");

  const again = await run(startProgram(args));
  expect(again.at(0)).toMatchObject({ event: "resumed" });
  expect(again.at(-1)).toMatchObject({ event: "moved", app: moving.sdkAppId });
  hasMoved = true;
  router.lead(moving.sdkAppId, "cell-7");

  // Users are where their app is, by themselves; the groups and their numbers go on.
  const isTold = async (): Promise<boolean> => (await tell(rest, "after")).ErrorCode === 0;
  // Until nginx has read the table again, nobody answers.
  await vi.waitUntil(() => isTold().catch(() => false), WAIT);
  // A device that found nobody waits for up to half a minute until it tries again.
  await vi.waitUntil(() => names.includes("after"), WAIT);
  await renameAll(rest, "after");
  const revived = await next.call("POST", `/apps/${moving.sdkAppId}/endpoint/revive`);
  expect(revived.status).toBeLessThan(300);
  const ofMoving = (): Arrival[] => answered.filter(({ url }) => url.includes(String(moving.sdkAppId)));
  const numbers = (): number[] =>
    [...Map.groupBy(ofMoving(), groupOf).values()].map((all) => new Set(all.map(sequenceOf)).size);
  await vi.waitUntil(() => numbers().length === GROUPS && numbers().every((n) => n === 3), WAIT);
  for (const [group, arrivals] of Map.groupBy(ofMoving(), groupOf)) {
    expect([group, [...new Set(arrivals.map(sequenceOf))]]).toEqual([group, [1, 2, 3]]);
  }

  // What was there by time and by id is found; of what had left nothing is.
  const [first] = ofMoving().map((arrival) => ({ id: arrival.headers["webhook-id"], sequence: sequenceOf(arrival) }));
  const found = await next.call("GET", `/deliveries?sdkAppId=${moving.sdkAppId}&id=${String(first?.id)}`);
  expect(found.body["deliveries"]).toMatchObject([first]);
  expect((await run(startProgram(args))).at(-1)).toMatchObject({ event: "complete" });
  const left = await postgres.rows(
    old.store,
    `SELECT app, count(*)::integer AS n FROM muster_server.chat_group GROUP BY app`,
  );
  expect(left).toEqual([{ app: String(staying.sdkAppId), n: GROUPS }]);
});

/** What it says, once it has done its work. */
async function run(program: Program): Promise<Record<string, unknown>[]> {
  expect(await program.ended(), program.errors()).toBe(0);
  return program.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
