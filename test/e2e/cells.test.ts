import { setTimeout } from "node:timers/promises";

import { createClient, EVENT } from "@muster/client";
import { ErrorCode, signUserSig } from "@muster/protocol";
import { expect, it, onTestFinished, vi } from "vitest";

import { startAdminServer } from "../harness/admin.ts";
import { noNginx, startCellRouter } from "../harness/cell-router.ts";
import { OK, startEndpoint, type Arrival } from "../harness/endpoint.ts";
import { postgresOfFile } from "../harness/postgres-of-file.ts";
import { startProgram, type Program } from "../harness/program.ts";
import { restApi, type RestAnswer, type RestCall } from "../harness/rest.ts";
import { startTcpProxy, through } from "../harness/tcp-proxy.ts";

const moving = { sdkAppId: 1400000001, secretKey: "the-key-of-the-app-that-moves", administrator: "administrator" };
const staying = { sdkAppId: 1400000002, secretKey: "the-key-of-the-app-that-stays", administrator: "administrator" };
const there = { sdkAppId: 1400000003, secretKey: "the-key-of-the-app-that-is-there", administrator: "administrator" };
const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupInfoChanged"];
const GROUPS = 60;
/** Between two commands of those that come all the while, in ms. */
const PACE = 10;
const WAIT = { timeout: 60_000, interval: 20 };

const groupOf = ({ body }: Arrival): string => String(body["GroupId"]);
const sequenceOf = ({ headers }: Arrival): number => Number(headers["muster-sequence"]);
/** What a command is answered whose app is between two cells. */
const MOVING = { ErrorCode: ErrorCode.Internal, ErrorInfo: expect.stringContaining("is moving to another cell") };
/** Of groups whose names end in an odd digit every callback fails at first, and is tried again in an hour. */
const isOdd = (arrival: Arrival): boolean => /[13579]$/.test(groupOf(arrival));

const postgres = await postgresOfFile();

async function everyGroup(call: (groupId: string) => Promise<RestAnswer>): Promise<void> {
  const answers = await Promise.all(Array.from({ length: GROUPS }, (_, i) => call(`group-${i}`)));
  expect(new Set(answers.map(({ ErrorInfo }) => ErrorInfo))).toEqual(new Set([""]));
}

/** Renames groups one after another until it is stopped; what it was answered, each time. */
function keepRenaming(rest: RestCall): { stop(): Promise<readonly RestAnswer[]> } {
  const answers: RestAnswer[] = [];
  let isStopped = false;
  const working = (async () => {
    for (let i = 0; !isStopped; i += 1) {
      const body = { GroupId: `group-${i % GROUPS}`, Name: `busy ${i}` };
      answers.push(await rest("group_open_http_svc/modify_group_base_info", body));
      await setTimeout(PACE);
    }
  })();
  // Whoever stops it hears of what went wrong.
  working.catch(() => undefined);
  onTestFinished(() => {
    isStopped = true;
  });
  return {
    async stop() {
      isStopped = true;
      await working;
      return answers;
    },
  };
}

const renameAll = (rest: RestCall, Name: string): Promise<void> =>
  everyGroup((GroupId) => rest("group_open_http_svc/modify_group_base_info", { GroupId, Name }));

it("leads an app to its cell, and to another one while the old one goes on", { timeout: 480_000 }, async (context) => {
  if (noNginx !== undefined) context.skip(noNginx);
  let hasMoved = false;
  const answered: Arrival[] = [];
  const backend = await startEndpoint("/callback", (arrival) => {
    if (!hasMoved && isOdd(arrival)) return { status: 500, text: "not now" };
    answered.push(arrival);
    return OK;
  });
  const callback = { url: backend.url, allowPrivateNetwork: true, retry: [3_600, 3_600], switches };
  const cell = async (name: string, apps: readonly Readonly<Record<string, unknown>>[], nodes: number) => {
    const store = await postgres.createDatabase(name);
    const start = () => startAdminServer({ apps, server: { store } });
    const first = await start();
    const others = await Promise.all(Array.from({ length: nodes - 1 }, start));
    return { store, url: first.url, urls: [first, ...others].map(({ url }) => url), call: first.call };
  };
  const { administrator: _, ...moved } = { ...moving, callback };
  const [stays, isThere] = [staying, there].map(({ sdkAppId, secretKey }) => ({ sdkAppId, secretKey, callback }));
  const old = await cell("cell_1", [moved, stays ?? {}], 2);
  const next = await cell("cell_7", [isThere ?? {}], 1);
  const router = await startCellRouter({ "cell-1": old.urls, "cell-7": next.urls });
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
  // A node that has not heard yet that the app has a device tells nobody.
  await vi.waitUntil(async () => {
    expect(await tell(rest, "before")).toMatchObject({ ErrorCode: 0 });
    return names.includes("before");
  }, WAIT);
  await renameAll(rest, "before");

  // Both apps of the old cell are used all the while.
  const [others, own] = [keepRenaming(await restApi(router.url, staying)), keepRenaming(rest)];
  const migrate = ["migrate-store", "--app", String(moving.sdkAppId), "--from", old.store, "--to"];
  const args = [...migrate, next.store];
  // Its way to the database leads through this process, so that it gets no further while this one is held up.
  const proxy = await startTcpProxy(Number(new URL(next.store).port));
  const killed = startProgram([...migrate, through(proxy, next.store), "--json"]);
  await killed.line(({ event, table }) => event === "copying" && table === "outbox");
  expect(await killed.kill("SIGKILL")).toBeNull();
  // The other cell goes on meanwhile, and does not serve what it has a part of, whoever enters it.
  const { status } = await next.call("POST", "/apps", { body: moved });
  expect(status).toBe(201);
  const nextRest = await restApi(next.url, moving);
  expect(await nextRest("group_open_http_svc/get_appid_group_list", {})).toMatchObject({ ActionStatus: "FAIL" });
  await renameAll(thereRest, "meanwhile");

  // Nobody moves it any more: the old cell serves it again.
  for (const url of old.urls) {
    const atNode = await restApi(url, moving);
    await vi.waitUntil(async () => (await tell(atNode, "between")).ErrorCode === 0, WAIT);
  }
  await renameAll(rest, "between");

  const again = await run(startProgram(args));
  expect(again.at(0)).toMatchObject({ event: "begun" });
  expect(again.at(-1)).toMatchObject({ event: "moved", app: moving.sdkAppId });
  hasMoved = true;
  const renamings = await own.stop();
  expect(renamings.at(-1)).toMatchObject({ ErrorCode: ErrorCode.Internal });
  const renamed = renamings.filter(({ ErrorCode: code }) => code === 0).length;
  // What came when one of the nodes had not heard of it yet was kept out by the database, and is answered alike.
  const refusals = renamings.filter(({ ErrorCode: code }) => code !== 0);
  expect(refusals).toMatchObject(refusals.map(() => MOVING));
  for (const url of old.urls) {
    const atNode = await restApi(url, moving);
    await expect.poll(() => tell(atNode, "nowhere")).toMatchObject(MOVING);
  }
  const ofOthers = await others.stop();
  expect(new Set(ofOthers.map(({ ErrorInfo }) => ErrorInfo))).toEqual(new Set([""]));
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
  const ids = (): Set<unknown> => new Set(ofMoving().map(({ headers }) => headers["webhook-id"]));
  // Each is made, and renamed three times beside.
  await expect.poll(() => ids().size, WAIT).toBe(4 * GROUPS + renamed);
  for (const [group, arrivals] of Map.groupBy(ofMoving(), groupOf)) {
    const sequences = [...new Set(arrivals.map(sequenceOf))];
    expect([group, sequences]).toEqual([group, [...sequences.keys()].map((i) => i + 1)]);
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
