import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createLog, systemClock } from "@muster/foundation";
import { callbackSign, callbackSwitches } from "@muster/protocol";
import { createFaultyWay } from "@muster/receiver/testing";
import { appsSection, serverConfig, serverSection, startServer } from "@muster/server";
import { describe, expect, it, onTestFinished } from "vitest";

import { ADMIN_TOKEN, ENCRYPTION_KEY } from "../harness/admin.ts";
import { startEndpoint, OK, type Arrival } from "../harness/endpoint.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { patient } from "../harness/patient.ts";
import { startProgram } from "../harness/program.ts";
import { allEvents, SDK_APP_ID, startTestRecorder } from "../harness/recorder.ts";
import { metricReaches, restApi } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";

const secretKey = "the-key-of-the-demo-app";
const token = "the-token-of-the-callbacks";
const GROUPS = 14;

/** What of a callback comes on from the way between the server and the recorder. */
type Forwarded = (arrival: Arrival) => { readonly headers: Readonly<Record<string, string>>; readonly body: string };

const asSent: Forwarded = ({ headers, raw }) => ({
  headers: Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === "string" && /^(?:webhook|muster)-/.test(name) ? [[name, value]] : [],
    ),
  ),
  body: raw,
});

/** A Muster server whose callbacks come to a recorder by a way on which some are dropped. */
async function setUp(profile: object, forwarded: Forwarded, seed: number) {
  const folder = temporaryFolder();
  const recorder = await startTestRecorder({
    folder,
    section: { mirror: true, apps: [{ sdkAppId: SDK_APP_ID, token }] },
  });
  let drop = 0.1;
  const dropped: Arrival[] = [];
  let ways = 0;
  const newWay = () => createFaultyWay(`${recorder.url}/callback`, { seed: seed + (ways += 1), drop });
  let way = newWay();
  let onThisWay: Arrival[] = [];
  const endpoint = await startEndpoint("/callback", (arrival) => {
    const { headers, body } = forwarded(arrival);
    onThisWay.push(arrival);
    way.send({ method: "POST", url: recorder.url + arrival.url, headers, body: new TextEncoder().encode(body) });
    return OK;
  });
  const app = {
    sdkAppId: SDK_APP_ID,
    secretKey,
    features: { community: true, topic: true },
    groupCustomFields: ["Colour"],
    profile,
    callback: {
      url: endpoint.url,
      token,
      allowPrivateNetwork: true,
      switches: callbackSwitches.filter((name) => name.includes("CallbackAfter")),
    },
  };
  const server = await startServer(
    serverConfig(
      serverSection.parse({
        port: 0,
        store: await storeIn(folder, "server"),
        adminToken: ADMIN_TOKEN,
        encryptionKey: ENCRYPTION_KEY,
      }),
      appsSection.parse([app]),
    ),
    { clock: systemClock, log: createLog("server", "silent"), ...patient },
  );
  onTestFinished(() => server.stop());

  async function arrived(): Promise<void> {
    await metricReaches(server.url, `muster_callbacks{sdk_app_id="${SDK_APP_ID}",state="pending"}`, 0);
    const deliveries = await way.settled();
    expect(deliveries.filter(({ answer }) => answer?.status !== 200)).toEqual([]);
    dropped.push(...way.dropped.flatMap((number) => onThisWay.slice(number - 1, number)));
    onThisWay = [];
    way = newWay();
  }

  const rest = await restApi(server.url, { sdkAppId: SDK_APP_ID, secretKey, administrator: "administrator" });
  const call = async (command: string, body: object) => {
    const service = command.includes("topic") ? "million_group_open_http_svc" : "group_open_http_svc";
    const answer = await rest(`${service}/${command}`, body);
    expect(answer).toMatchObject({ ActionStatus: "OK", ErrorCode: 0 });
    return answer;
  };
  const users = ["leckie", "peter", "bob", "maria", ...Array.from({ length: GROUPS }, (_, i) => `user-${i + 1}`)];
  await rest("im_open_login_svc/multiaccount_import", { Accounts: users });
  const config = join(folder, "muster.json");
  const [serverPort, port] = [server.url, recorder.url].map((url) => Number(new URL(url).port));
  writeFileSync(
    config,
    JSON.stringify({
      server: { port: serverPort },
      apps: [{ ...app, callback: undefined }],
      recorder: { port, apps: [{ sdkAppId: SDK_APP_ID, token }] },
    }),
  );
  return {
    recorder,
    folder,
    server,
    dropped,
    arrived,
    call,
    /** From now on everything arrives. */
    dropNothing() {
      drop = 0;
      way = newWay();
    },
    async reconcile(...args: string[]) {
      const state = join(folder, "state.json");
      const given = ["reconcile", "--config", config, "--state", state, "--settle", "0", ...args];
      const program = startProgram(given, { MUSTER_ADMIN_TOKEN: ADMIN_TOKEN });
      const status = await program.ended();
      const lines = program.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      return { status, lines, last: lines.at(-1), errors: program.errors(), state };
    },
  };
}

type Setting = Awaited<ReturnType<typeof setUp>>;

/** What groups go through; behind it everything has been told of, but for what comes at the end. */
async function live({ call }: Setting): Promise<void> {
  const accounts = (...ids: string[]) => ids.map((id) => ({ Member_Account: id }));
  for (let i = 1; i <= GROUPS; i += 1) {
    const GroupId = `group-${i}`;
    const AppDefinedData = [{ Key: "Colour", Value: `c${i}` }];
    const MemberList = accounts("peter", "bob");
    await call("create_group", {
      GroupId,
      Type: "Public",
      Name: `n${i}`,
      Owner_Account: "leckie",
      MemberList,
      AppDefinedData,
    });
    await call("modify_group_base_info", { GroupId, Name: `renamed ${i}`, Introduction: `i${i}` });
    await call("add_group_member", { GroupId, MemberList: accounts("maria", `user-${i}`) });
    await call("modify_group_member_info", { GroupId, Member_Account: "bob", Role: "Admin", NameCard: `card ${i}` });
    await call("delete_group_member", { GroupId, MemberToDel_Account: ["peter"] });
    if (i % 3 === 0) await call("change_group_owner", { GroupId, NewOwner_Account: "maria" });
  }
  for (const i of [1, 2]) {
    const GroupId = `@TGS#_community-${i}`;
    await call("create_group", { GroupId, Type: "Community", Name: "c", Owner_Account: "leckie", SupportTopic: 1 });
    for (const topic of ["rules", "news", "chess"]) {
      const TopicId = `${GroupId}@TOPIC#_${topic}`;
      await call("create_topic", { GroupId, TopicId, TopicName: topic, From_Account: "leckie" });
    }
    await call("destroy_topic", { GroupId, TopicIdList: [`${GroupId}@TOPIC#_news`] });
  }
}

/** The end of each group's story: some are disbanded, the others changed once more. */
async function end({ call }: Setting): Promise<void> {
  for (let i = 1; i <= GROUPS; i += 1) {
    const GroupId = `group-${i}`;
    if (i % 4 === 0) await call("destroy_group", { GroupId });
    else await call("modify_group_base_info", { GroupId, Notification: "the end" });
  }
  for (const i of [1, 2])
    await call("modify_group_base_info", { GroupId: `@TGS#_community-${i}`, FaceUrl: "http://x" });
}

describe("a recorder whose callbacks were dropped on the way, one in ten", () => {
  it(
    "lists exactly the missing numbers, fetches them by replay, and agrees with the server afterwards",
    { timeout: 180_000 },
    async () => {
      const setting = await setUp({}, asSent, 100);
      const { recorder, dropped, arrived, dropNothing, reconcile } = setting;
      await live(setting);
      await arrived();
      dropNothing();
      await end(setting);
      await arrived();
      expect(dropped.length).toBeGreaterThan(4);

      const numberOf = (arrival: Arrival) =>
        `${String(arrival.body["GroupId"])} ${String(arrival.headers["muster-sequence"])}`;
      const gaps: { gaps: { groupId: string; from: number; to: number }[] } = await recorder.get("/v1/gaps");
      const listed = gaps.gaps.flatMap(({ groupId, from, to }) =>
        Array.from({ length: to - from + 1 }, (_, i) => `${groupId} ${from + i}`),
      );
      expect(listed.toSorted()).toEqual(dropped.map(numberOf).toSorted());

      const before = await reconcile();
      expect([before.status, before.errors]).toEqual([1, ""]);
      expect(before.lines.filter(({ event }) => event === "difference").length).toBeGreaterThan(0);

      const after = await reconcile("--replay");
      expect([after.status, after.errors]).toEqual([0, ""]);
      expect(after.lines).toEqual([
        { event: "replayed", missing: dropped.length, fetched: dropped.length },
        { event: "reconciled", agrees: true, looked: 13, missing: 0, extra: 0, different: 0, mended: 0 },
      ]);
      expect(await recorder.get("/v1/gaps")).toEqual({ gaps: [], next: null });
      const events = await allEvents(recorder);
      expect(events.filter(({ reconciled }) => reconciled)).toEqual([]);
    },
  );
});

describe("a recorder of Tencent Cloud Chat's callbacks, without ids and numbers, one in ten dropped", () => {
  /** As Tencent sends them: no headers of Muster's; of the documented versions, those without a time as well. */
  function asTencent(): Forwarded {
    let count = 0;
    return ({ raw }) => {
      count += 1;
      const { EventTime, ...bare } = JSON.parse(raw) as Record<string, unknown>;
      return { headers: {}, body: JSON.stringify(count % 3 === 0 ? bare : { ...bare, EventTime }) };
    };
  }

  it(
    "is told where it differs, is mended by marked events, and agrees afterwards; what else it recorded is extra",
    { timeout: 180_000 },
    async () => {
      const setting = await setUp({ eventTime: "string", typeNames: "old" }, asTencent(), 300);
      const { recorder, dropped, arrived, reconcile } = setting;
      const fixtures = new URL("../../packages/protocol/fixtures/", import.meta.url);
      const files = readdirSync(fixtures, { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".json"),
      );
      for (const file of files.toSorted()) {
        const { query, body } = JSON.parse(readFileSync(new URL(file, fixtures), "utf8")) as {
          query: string;
          body: object;
        };
        const requestTime = String(Math.floor(Date.now() / 1_000));
        const signed = `${query}&Sign=${await callbackSign(token, requestTime)}&RequestTime=${requestTime}`;
        const { status } = await recorder.request(`/callback?${signed}`, {
          method: "POST",
          body: JSON.stringify(body),
        });
        expect([file, status]).toEqual([file, 200]);
      }
      await live(setting);
      await end(setting);
      await arrived();
      expect(dropped.length).toBeGreaterThan(4);

      const found = await reconcile();
      expect([found.status, found.errors]).toEqual([1, ""]);
      const differences = found.lines.filter(({ event }) => event === "difference");
      const extra = differences.filter(({ kind }) => kind === "extra").map(({ groupId }) => groupId);
      // Of the fixtures; their other groups are disbanded by the last of them.
      expect(extra).toContain("@TGS#aJRGC4MH6");
      expect(differences.filter(({ kind }) => kind === "different").length).toBeGreaterThan(0);

      const mended = await reconcile("--mend");
      expect([mended.status, mended.errors]).toEqual([0, ""]);
      expect(mended.lines.filter(({ event }) => event === "difference")).toEqual(differences);
      const again = await reconcile();
      expect(again.status).toBe(0);
      expect(again.lines).toEqual([
        { event: "reconciled", agrees: true, looked: 13, missing: 0, extra: 0, different: 0, mended: 0 },
      ]);

      const events = await allEvents(recorder);
      expect(events.filter(({ reconciled }) => reconciled).length).toBeGreaterThan(0);
      const { text } = await recorder.request("/v1/export?what=groups");
      const there = text.split("\n").filter((line) => line.includes('"state":"there"'));
      expect(there).toHaveLength(13);
    },
  );
});
