import { createHash } from "node:crypto";

import { createClient, type Client } from "@muster/client";
import { createLog, systemClock } from "@muster/foundation";
import { signUserSig } from "@muster/protocol";
import { appsSection, serverConfig, serverSection, startServer } from "@muster/server";
import { describe, expect, it, onTestFinished } from "vitest";

import { proves } from "../conformance/proves.ts";
import { OK, startEndpoint, type Answering, type Arrival, type Endpoint } from "../harness/endpoint.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { patient } from "../harness/patient.ts";
import { restApi, type RestCall } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };
const BEFORE = {
  createGroup: "Group.CallbackBeforeCreateGroup",
  invite: "Group.CallbackBeforeInviteJoinGroup",
  apply: "Group.CallbackBeforeApplyJoinGroup",
  createTopic: "Group.CallbackBeforeCreateTopic",
};
const AFTER = "Group.CallbackAfterCreateGroup";
const AFTERS = [AFTER, "Group.CallbackAfterNewMemberJoin", "Group.CallbackAfterGroupDestroyed"];

interface Setting {
  readonly switches: readonly string[];
  readonly answering: Answering;
  readonly beforeTimeout?: "allow" | "refuse";
  readonly token?: string;
  /** It waits for an answer as long as is documented, and no longer. */
  readonly isPunctual?: true;
}

interface Started {
  readonly rest: RestCall;
  readonly endpoint: Endpoint;
  logIn(userID: string): Promise<Client>;
}

/** A server whose app is asked, and answers as the test says. */
async function start({ switches, answering, beforeTimeout, token, isPunctual }: Setting): Promise<Started> {
  const endpoint = await startEndpoint("/callback", answering);
  const store = await storeIn(temporaryFolder(), "server");
  const callback = { url: endpoint.url, allowPrivateNetwork: true, switches, beforeTimeout, token };
  const features = { community: true, topic: true };
  const apps = appsSection.parse([{ sdkAppId: app.sdkAppId, secretKey: app.secretKey, features, callback }]);
  const config = serverConfig(serverSection.parse({ port: 0, store }), apps);
  const ports = { clock: systemClock, log: createLog("test", "silent") };
  const server = await startServer(config, isPunctual ? ports : { ...ports, ...patient });
  onTestFinished(() => server.stop());
  const rest = await restApi(server.url, app);
  for (const UserID of ["leckie", "peter", "bob"]) await rest("im_open_login_svc/account_import", { UserID });
  return {
    rest,
    endpoint,
    async logIn(userID) {
      const client = createClient({ url: server.url, sdkAppId: app.sdkAppId });
      onTestFinished(() => client.logout());
      const claims = {
        sdkAppId: app.sdkAppId,
        userId: userID,
        issuedAt: Math.floor(Date.now() / 1000),
        expiresIn: 3600,
      };
      await client.login({ userID, userSig: await signUserSig(claims, app.secretKey) });
      return client;
    },
  };
}

const group = { Type: "Public", Name: "MyFirstGroup", GroupId: "first", Owner_Account: "leckie" };

function create(rest: RestCall, more: object = {}): ReturnType<RestCall> {
  return rest("group_open_http_svc/create_group", { ...group, ...more });
}

function answer(ErrorCode: number, ErrorInfo = "", more: object = {}): string {
  return JSON.stringify({ ActionStatus: ErrorCode === 0 ? "OK" : "FAIL", ErrorInfo, ErrorCode, ...more });
}

function commands({ arrivals }: Endpoint): unknown[] {
  return arrivals.map(({ body }) => body["CallbackCommand"]);
}

async function exists(rest: RestCall, groupId = "first"): Promise<boolean> {
  const { GroupInfo } = await rest("group_open_http_svc/get_group_info", { GroupIdList: [groupId] });
  return (GroupInfo as { ErrorCode: number }[])[0]?.ErrorCode === 0;
}

describe("before a group is created, the app", () => {
  it(
    "is asked with the documented body, unnumbered, and tells afterwards only what was allowed",
    proves("before:create-group:body", "before:unnumbered", "before:allow"),
    async () => {
      const { rest, endpoint } = await start({ switches: [BEFORE.createGroup, AFTER], answering: () => OK });
      expect(await create(rest, { MemberList: [{ Member_Account: "peter" }] })).toMatchObject({ ErrorCode: 0 });
      await endpoint.received(2);
      expect(commands(endpoint)).toEqual([BEFORE.createGroup, AFTER]);
      const [asked, told] = endpoint.arrivals;
      expect(Object.entries(asked?.body ?? {})).toEqual([
        ["CallbackCommand", BEFORE.createGroup],
        ["Operator_Account", "administrator"],
        ["Owner_Account", "leckie"],
        ["Type", "Public"],
        ["Name", "MyFirstGroup"],
        ["MemberList", [{ Member_Account: "peter" }]],
        ["EventTime", expect.any(Number)],
      ]);
      expect(asked?.headers["muster-sequence"]).toBeUndefined();
      expect(told?.headers["muster-sequence"]).toBe("1");
    },
  );

  it.each([
    { says: answer(1, "no"), code: 10016, info: "no" },
    { says: answer(10100, "too many groups"), code: 10100, info: "too many groups" },
    { says: answer(10200, "not today"), code: 10200, info: "not today" },
    { says: answer(10201, "out of range"), code: 10016, info: "out of range" },
  ])(
    "refuses with $says: nothing is done, and the caller reads $code",
    proves("before:refuse", "before:own-codes", "before:refused-untold"),
    async ({ says, code, info }) => {
      const { rest, endpoint } = await start({ switches: [BEFORE.createGroup, AFTER], answering: () => says });
      expect(await create(rest)).toEqual({ ActionStatus: "FAIL", ErrorInfo: info, ErrorCode: code });
      expect(await exists(rest)).toBe(false);
      expect(commands(endpoint)).toEqual([BEFORE.createGroup]);
    },
  );

  it("is not asked about what the rules refuse anyway", proves("before:rules-first"), async () => {
    const { rest, endpoint } = await start({ switches: [BEFORE.createGroup], answering: () => OK });
    expect(await create(rest, { Owner_Account: "nobody" })).toMatchObject({ ErrorCode: 10019 });
    expect(endpoint.arrivals).toEqual([]);
  });

  it.each([
    { beforeTimeout: "allow" as const, code: 0 },
    { beforeTimeout: "refuse" as const, code: 10016 },
  ])(
    "that does not answer within 2 s has chosen to $beforeTimeout, and is not asked again",
    proves("before:timeout", "before:once"),
    async ({ beforeTimeout, code }) => {
      const { rest, endpoint } = await start({
        switches: [BEFORE.createGroup],
        answering: () => undefined,
        beforeTimeout,
        isPunctual: true,
      });
      const startedAt = Date.now();
      expect(await create(rest)).toMatchObject({ ErrorCode: code });
      expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_900);
      expect(await exists(rest)).toBe(code === 0);
      // On a machine that does much else the time may be over before the question was out.
      expect(endpoint.arrivals.length).toBeLessThanOrEqual(1);
    },
  );

  it.each(["not json", "[]", "{}", answer(Number.NaN), { status: 500, text: OK }, { status: 302, text: OK }])(
    "that answers %j has not answered, and is not asked again",
    proves("before:no-answer", "before:once"),
    async (says) => {
      const switches = [BEFORE.createGroup];
      const { rest, endpoint } = await start({ switches, answering: () => says, beforeTimeout: "refuse" });
      expect(await create(rest)).toMatchObject({ ErrorCode: 10016, ErrorInfo: "the app did not answer in time" });
      expect(commands(endpoint)).toEqual([BEFORE.createGroup]);
    },
  );

  it(
    "holds up nobody else while it thinks: other commands are carried out meanwhile",
    proves("before:no-transaction"),
    async () => {
      let answerSlow: (text: string) => void = () => undefined;
      const thinking = new Promise<string>((resolve) => (answerSlow = resolve));
      const slow = ({ body }: Arrival): string | Promise<string> => (body["Name"] === "slow" ? thinking : OK);
      const { rest, endpoint } = await start({ switches: [BEFORE.createGroup], answering: slow });
      const order: string[] = [];
      const waiting = create(rest, { Name: "slow", GroupId: "slow" }).then(() => order.push("slow"));
      await endpoint.received(1);
      for (let i = 0; i < 20; i += 1) {
        expect(await create(rest, { GroupId: `quick-${i}` })).toMatchObject({ ErrorCode: 0 });
      }
      order.push("quick");
      answerSlow(OK);
      await waiting;
      expect(order).toEqual(["quick", "slow"]);
    },
  );

  it(
    "sees the rules checked again: of two that were both allowed, one gets the id",
    proves("before:rules-again"),
    async () => {
      const { rest } = await start({ switches: [BEFORE.createGroup], answering: () => OK });
      const codes = (await Promise.all([create(rest), create(rest)])).map(({ ErrorCode }) => ErrorCode);
      expect(codes.toSorted((a, b) => a - b)).toEqual([0, 10025]);
    },
  );
});

describe("an app", () => {
  it(
    "is asked with the query of any callback, signed, about what users do as well",
    proves("before:query", "before:create-group:body"),
    async () => {
      const { endpoint, logIn } = await start({ switches: [BEFORE.createGroup], answering: () => OK, token: "secret" });
      await logIn("peter");
      const leckie = await logIn("leckie");
      await leckie.createGroup({ name: "MyFirstGroup", memberList: [{ userID: "peter" }] });
      const [asked] = endpoint.arrivals;
      const { pathname, searchParams } = new URL(asked?.url ?? "", endpoint.url);
      expect({ method: asked?.method, pathname }).toEqual({ method: "POST", pathname: "/callback" });
      const RequestTime = searchParams.get("RequestTime") ?? "";
      expect([...searchParams]).toEqual([
        ["SdkAppid", String(app.sdkAppId)],
        ["CallbackCommand", BEFORE.createGroup],
        ["contenttype", "json"],
        ["ClientIP", "127.0.0.1"],
        ["OptPlatform", "Web"],
        ["Sign", createHash("sha256").update(`secret${RequestTime}`).digest("hex")],
        ["RequestTime", RequestTime],
      ]);
      expect(Object.entries(asked?.body ?? {})).toEqual([
        ["CallbackCommand", BEFORE.createGroup],
        ["Operator_Account", "leckie"],
        ["Owner_Account", "leckie"],
        ["Type", "Private"],
        ["Name", "MyFirstGroup"],
        ["MemberList", [{ Member_Account: "peter" }]],
        ["EventTime", expect.any(Number)],
      ]);
    },
  );

  it("is asked about nothing whose switch is off", proves("before:switches"), async () => {
    const { rest, endpoint, logIn } = await start({ switches: [BEFORE.invite], answering: () => OK });
    await create(rest, { Type: "Community", GroupId: "@TGS#_com", SupportTopic: 1 });
    await rest("million_group_open_http_svc/create_topic", { GroupId: "@TGS#_com", TopicName: "rules" });
    const peter = await logIn("peter");
    await peter.joinGroup({ groupID: "@TGS#_com" });
    await peter.addGroupMember({ groupID: "@TGS#_com", userIDList: ["bob"] });
    expect(commands(endpoint)).toEqual([BEFORE.invite]);
  });

  it("is neither asked about nor told of what is imported", proves("before:imports"), async () => {
    const switches = [...Object.values(BEFORE).filter((name) => name !== BEFORE.createTopic), ...AFTERS];
    const { rest, endpoint } = await start({ switches, answering: () => answer(1) });
    const GroupId = "@TGS#_com";
    const brought = { GroupId, Type: "Community", Name: "MyCommunity", Owner_Account: "leckie", SupportTopic: 1 };
    expect(await rest("group_open_http_svc/import_group", brought)).toMatchObject({ ErrorCode: 0 });
    const members = { GroupId, MemberList: [{ Member_Account: "peter" }] };
    expect(await rest("group_open_http_svc/import_group_member", members)).toMatchObject({ ErrorCode: 0 });
    const topic = { GroupId, TopicName: "rules" };
    expect(await rest("group_open_http_svc/import_topic", topic)).toMatchObject({ ErrorCode: 0 });
    expect(await rest("group_open_http_svc/destroy_group", { GroupId })).toMatchObject({ ErrorCode: 0 });
    const [first] = await endpoint.received(1);
    expect(first?.body).toMatchObject({ CallbackCommand: "Group.CallbackAfterGroupDestroyed", GroupId });
    expect(first?.headers["muster-sequence"]).toBe("1");
  });
});

it("nothing is done any more of what waited behind a question when the app ended the user's sessions", async () => {
  const held = Promise.withResolvers<string>();
  const answering = ({ body }: Arrival): string | Promise<string> => (body["Name"] === "first" ? held.promise : OK);
  const { rest, endpoint, logIn } = await start({ switches: [BEFORE.createGroup], answering });
  const leckie = await logIn("leckie");
  const asked = ["first", "second"].map((name) => leckie.createGroup({ name, groupID: name }));
  const answers = Promise.allSettled(asked);
  await endpoint.received(1);
  expect(await rest("im_open_login_svc/kick", { UserID: "leckie" })).toMatchObject({ ErrorCode: 0 });
  await answers;
  held.resolve(OK);
  await expect.poll(() => exists(rest)).toBe(true);
  expect(await create(rest, { Name: "third", GroupId: "third" })).toMatchObject({ ErrorCode: 0 });
  expect(endpoint.arrivals.map(({ body }) => body["Name"])).toEqual(["first", "third"]);
});

describe("before members are added, the app", () => {
  it(
    "is asked with the documented body, by REST and by users, who read its refusal",
    proves("before:invite:body"),
    async () => {
      const says = ({ body }: Arrival): string =>
        body["Operator_Account"] === "peter" ? answer(10150, "no more") : OK;
      const { rest, endpoint, logIn } = await start({ switches: [BEFORE.invite], answering: says });
      await create(rest, { Type: "Private" });
      const invitation = { GroupId: "first", MemberList: [{ Member_Account: "leckie" }, { Member_Account: "peter" }] };
      await rest("group_open_http_svc/add_group_member", invitation);
      const peter = await logIn("peter");
      const inviting = peter.addGroupMember({ groupID: "first", userIDList: ["bob"] });
      await expect(inviting).rejects.toMatchObject({ code: 10150, message: "no more" });
      const body = (operator: string, member: string): [string, unknown][] => [
        ["CallbackCommand", BEFORE.invite],
        ["GroupId", "first"],
        ["Type", "Private"],
        ["Operator_Account", operator],
        // Who is a member already is not asked about.
        ["DestinationMembers", [{ Member_Account: member }]],
        ["EventTime", expect.any(Number)],
      ];
      expect(endpoint.arrivals.map((arrival) => Object.entries(arrival.body))).toEqual([
        body("administrator", "peter"),
        body("peter", "bob"),
      ]);
    },
  );

  it(
    "names those whom it does not want, and the others are added",
    proves("before:invite:refused-members"),
    async () => {
      const says = answer(0, "", { RefusedMembers_Account: ["bob", "nobody"] });
      const switches = [BEFORE.invite, "Group.CallbackAfterNewMemberJoin"];
      const { rest, endpoint } = await start({ switches, answering: () => says });
      await create(rest);
      const MemberList = [{ Member_Account: "peter" }, { Member_Account: "bob" }];
      expect(await rest("group_open_http_svc/add_group_member", { GroupId: "first", MemberList })).toMatchObject({
        ErrorCode: 0,
        MemberList: [
          { Member_Account: "peter", Result: 1 },
          { Member_Account: "bob", Result: 0 },
        ],
      });
      await endpoint.received(2);
      expect(endpoint.arrivals[0]?.body).toMatchObject({
        CallbackCommand: BEFORE.invite,
        DestinationMembers: MemberList,
      });
      expect(endpoint.arrivals[1]?.body).toMatchObject({ NewMemberList: [{ Member_Account: "peter" }] });
    },
  );

  // Whoever had no room in the trial took the place of one whom the app refused.
  it("is not passed by: who was not asked about is not added in the place of who was refused", async () => {
    const says = answer(0, "", { RefusedMembers_Account: ["peter"] });
    const { rest, endpoint } = await start({ switches: [BEFORE.invite], answering: () => says });
    await create(rest, { MaxMemberCount: 2 });
    const MemberList = [{ Member_Account: "peter" }, { Member_Account: "bob" }];
    expect(await rest("group_open_http_svc/add_group_member", { GroupId: "first", MemberList })).toMatchObject({
      MemberList: [
        { Member_Account: "peter", Result: 0 },
        { Member_Account: "bob", Result: 0 },
      ],
    });
    expect(endpoint.arrivals.map(({ body }) => body["DestinationMembers"])).toEqual([[{ Member_Account: "peter" }]]);
  });
});

describe("before a topic is created, the app", () => {
  it(
    "is asked by the switch of group creation, without a group's id and a time",
    proves("before:create-topic:body", "before:create-topic:switch"),
    async () => {
      const refuse = ({ body }: Arrival): string => (body["CallbackCommand"] === BEFORE.createTopic ? answer(1) : OK);
      const { rest, endpoint } = await start({ switches: [BEFORE.createGroup], answering: refuse });
      const community = { Type: "Community", GroupId: "@TGS#_com", SupportTopic: 1 };
      expect(await create(rest, community)).toMatchObject({ ErrorCode: 0 });
      const topic = { GroupId: "@TGS#_com", TopicName: "rules" };
      expect(await rest("million_group_open_http_svc/create_topic", topic)).toMatchObject({ ErrorCode: 10016 });
      expect(endpoint.arrivals[1]?.body).toEqual({
        CallbackCommand: BEFORE.createTopic,
        Operator_Account: "administrator",
        Type: "Community",
        Name: "rules",
      });
      await rest("million_group_open_http_svc/create_topic", { ...topic, From_Account: "leckie" });
      expect(endpoint.arrivals[2]?.body, "who creates it, as it is told afterwards").toMatchObject({
        CallbackCommand: BEFORE.createTopic,
        Operator_Account: "leckie",
      });
    },
  );
});

describe("before a user comes into a group, the app", () => {
  it(
    "is asked, and its own code reaches the user, who is not in",
    proves("before:apply:body", "before:own-codes"),
    async () => {
      const says = ({ body }: Arrival): string =>
        body["Requestor_Account"] === "peter" ? answer(10123, "not you") : OK;
      const { rest, endpoint, logIn } = await start({ switches: [BEFORE.apply], answering: says });
      await create(rest, { Type: "Meeting" });
      const [peter, bob] = [await logIn("peter"), await logIn("bob")];
      await expect(peter.joinGroup({ groupID: "first" })).rejects.toMatchObject({ code: 10123, message: "not you" });
      await bob.joinGroup({ groupID: "first" });
      expect(endpoint.arrivals[0]?.body).toEqual({
        CallbackCommand: BEFORE.apply,
        GroupId: "first",
        Type: "ChatRoom",
        Requestor_Account: "peter",
        EventTime: expect.any(Number),
      });
      expect(endpoint.arrivals[0]?.url).toContain("OptPlatform=Web");
      const roles = await rest("group_open_http_svc/get_role_in_group", {
        GroupId: "first",
        User_Account: ["peter", "bob"],
      });
      expect(roles["UserIdList"]).toMatchObject([{ Role: "NotMember" }, { Role: "Member" }]);
    },
  );

  it("is asked when he applies, and not again when an admin lets him in", proves("before:apply:approval"), async () => {
    const { rest, endpoint, logIn } = await start({ switches: [BEFORE.apply], answering: () => OK });
    await create(rest);
    const [leckie, peter] = [await logIn("leckie"), await logIn("peter")];
    await peter.joinGroup({ groupID: "first" });
    expect(commands(endpoint)).toEqual([BEFORE.apply]);
    expect(endpoint.arrivals[0]?.body).toMatchObject({ GroupId: "first", Requestor_Account: "peter" });
    const { data } = await leckie.getGroupApplicationList();
    const [application] = data.applicationList;
    if (!application) throw new Error("there is no application");
    await leckie.handleGroupApplication({ handleAction: "Agree", application });
    const roles = await rest("group_open_http_svc/get_role_in_group", { GroupId: "first", User_Account: ["peter"] });
    expect(roles["UserIdList"]).toMatchObject([{ Role: "Member" }]);
    expect(commands(endpoint)).toEqual([BEFORE.apply]);
  });
});
