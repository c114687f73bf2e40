import { once } from "node:events";
import { readFileSync } from "node:fs";

import { ClientError, ClientErrorCode, createClient, ErrorCode, EVENT, TYPES, type Client } from "@muster/client";
import { loginRequest, noticeFrame, REALTIME_PATH, userRequests } from "@muster/protocol";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket as WebSocketOfWs } from "ws";
import type * as z from "zod/mini";

import { proves } from "../conformance/proves.ts";
import type { Arrival } from "../harness/endpoint.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { listen, sdkAppId, startIm, userSigFor } from "../harness/im.ts";
import { createManualClock } from "../harness/manual-clock.ts";

/** A connection without the client library, as somebody else's or a broken one would use it. */
async function connect(url: string): Promise<{ socket: WebSocket; frames: unknown[]; closed: Promise<unknown> }> {
  const socket = new WebSocket(url.replace("http", "ws") + REALTIME_PATH);
  onTestFinished(() => socket.close());
  const frames: unknown[] = [];
  socket.addEventListener("message", ({ data }) => frames.push(JSON.parse(String(data))));
  const closed = once(socket, "close").then(([event]) => {
    const { code, reason } = event as CloseEvent;
    return { code, reason };
  });
  await once(socket, "open");
  return { socket, frames, closed };
}

function queryOf(arrival: Arrival | undefined): Record<string, string> {
  return Object.fromEntries(new URL(arrival?.url ?? "", "http://backend").searchParams);
}

async function publicGroup(owner: Client, ...members: string[]): Promise<string> {
  const { data } = await owner.createGroup({
    name: "MyFirstGroup",
    type: TYPES.GRP_PUBLIC,
    memberList: members.map((userID) => ({ userID })),
  });
  return data.group.groupID;
}

const notPermitted = { code: ErrorCode.NotPermitted };

describe("a login", () => {
  const hourAgo = Math.floor(Date.now() / 1000) - 3_600;
  it.each([
    { userSig: "expired", code: 70001, sign: () => userSigFor("leckie", { issuedAt: hourAgo, expiresIn: 60 }) },
    { userSig: "empty", code: 70002, sign: () => "" },
    { userSig: "garbage", code: 70003, sign: () => "garbage" },
    { userSig: "signed with another key", code: 70009, sign: () => userSigFor("leckie", {}, "another-key") },
    { userSig: "for another user", code: 70013, sign: () => userSigFor("peter") },
    { userSig: "for another app", code: 70014, sign: () => userSigFor("leckie", { sdkAppId: sdkAppId + 1 }) },
  ])("with a UserSig that is $userSig is refused with $code", proves("user:login:codes"), async ({ code, sign }) => {
    const { url } = await startIm();
    const client = createClient({ url, sdkAppId });
    const { events } = listen(client);
    await expect(client.login({ userID: "leckie", userSig: await sign() })).rejects.toMatchObject({ code });
    await expect(client.dismissGroup("g")).rejects.toMatchObject({ code: ClientErrorCode.NotLoggedIn });
    expect(events).toEqual([]);

    // And the same client can do better.
    await client.login({ userID: "leckie", userSig: await userSigFor("leckie") });
    await client.logout();
    expect(events).toEqual([
      { name: EVENT.SDK_READY, data: { userID: "leckie" } },
      { name: EVENT.SDK_NOT_READY, data: { code: 1000, reason: "logged out" } },
    ]);
  });
});

describe("an app user", () => {
  it("is told where there is no such app, and where there is no server", proves("user:login:unknown-app"), async () => {
    const { url, stop } = await startIm();
    const user = { userID: "leckie", userSig: await userSigFor("leckie") };
    await expect(createClient({ url, sdkAppId: 1 }).login(user)).rejects.toMatchObject({ code: ErrorCode.UnknownApp });
    await stop();
    await expect(createClient({ url, sdkAppId }).login(user)).rejects.toMatchObject({
      code: ClientErrorCode.NotConnected,
    });
    await expect(createClient({ url: `${url}/elsewhere`, sdkAppId }).login(user)).rejects.toMatchObject({
      code: ClientErrorCode.NotConnected,
    });
  });

  it(
    "exists once logged in: from then on, others can have that user in their groups",
    proves("user:login:account"),
    async () => {
      const { login } = await startIm();
      const leckie = await login("leckie");
      const withBob = { name: "MyFirstGroup", memberList: [{ userID: "bob" }] };
      await expect(leckie.createGroup(withBob)).rejects.toMatchObject({ code: ErrorCode.UserNotFound });
      await login("bob");
      await expect(leckie.createGroup(withBob)).resolves.toMatchObject({ code: 0 });
    },
  );

  it(
    "creates a group, and the app's backend hears who did it, from where and on what",
    proves("user:create-group:callback", "user:origin"),
    async () => {
      const { backend, login } = await startIm();
      await login("peter");
      const leckie = await login("leckie");
      const ipad = await login("leckie", { platform: "iPad" });

      const created = await leckie.createGroup({
        name: "MyFirstGroup",
        type: TYPES.GRP_PUBLIC,
        groupID: "first",
        introduction: "Hello",
        notification: "Be nice",
        avatar: "https://example.com/face.png",
        memberList: [{ userID: "peter" }],
        groupCustomField: [{ key: "Colour", value: "blue" }],
      });
      expect(created).toEqual({
        code: 0,
        data: { group: { groupID: "first", name: "MyFirstGroup", type: TYPES.GRP_PUBLIC, ownerID: "leckie" } },
      });
      const [first] = await backend.received(1);
      expect(first?.body).toMatchObject({
        CallbackCommand: "Group.CallbackAfterCreateGroup",
        GroupId: "first",
        Operator_Account: "leckie",
        Owner_Account: "leckie",
        Type: "Public",
        MemberList: [{ Member_Account: "peter" }],
        UserDefinedDataList: [{ Key: "Colour", Value: "blue" }],
      });
      expect(queryOf(first)).toMatchObject({ ClientIP: "127.0.0.1", OptPlatform: "Web" });

      await ipad.createGroup({ name: "MySecondGroup" });
      const [, second] = await backend.received(2);
      expect(second?.body).toMatchObject({ Name: "MySecondGroup", Type: "Private", Operator_Account: "leckie" });
      expect(queryOf(second)).toMatchObject({ ClientIP: "127.0.0.1", OptPlatform: "iPad" });
    },
  );

  it("keeps all that a group is created with", proves("user:create-group:fields"), async () => {
    const { rest, login } = await startIm();
    const leckie = await login("leckie");
    const texts = { introduction: "Hello", notification: "Be nice", avatar: "https://example.com/face.png" };
    await leckie.createGroup({
      name: "MyCommunity",
      type: TYPES.GRP_COMMUNITY,
      groupID: "@TGS#_mine",
      isSupportTopic: true,
      ...texts,
    });
    const answer = await rest("group_open_http_svc/get_group_info", { GroupIdList: ["@TGS#_mine"] });
    expect(answer["GroupInfo"]).toMatchObject([
      {
        Name: "MyCommunity",
        Type: "Community",
        Owner_Account: "leckie",
        Introduction: "Hello",
        Notification: "Be nice",
        FaceUrl: "https://example.com/face.png",
        SupportTopic: 1,
      },
    ]);
  });

  it(
    "may connect with a WebSocket of one's own, and is known by the address that really calls",
    proves("user:origin"),
    async () => {
      const { backend, login } = await startIm();
      class Disguised extends WebSocketOfWs {
        constructor(url: string) {
          super(url, { headers: { "x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9" } });
        }
      }
      const leckie = await login("leckie", { WebSocket: Disguised });
      await leckie.createGroup({ name: "MyFirstGroup" });
      const [arrival] = await backend.received(1);
      expect(queryOf(arrival)).toMatchObject({ ClientIP: "127.0.0.1", OptPlatform: "Web" });
    },
  );

  it("is refused with the server's code and words", proves("user:refusals"), async () => {
    const { login } = await startIm();
    const leckie = await login("leckie");
    await expect(leckie.createGroup({ name: "" })).rejects.toMatchObject({
      name: "ClientError",
      code: ErrorCode.InvalidParameter,
      message: "name must not be empty",
    });
    await expect(leckie.dismissGroup("nowhere")).rejects.toMatchObject({ code: ErrorCode.GroupNotFound });
    await expect(
      leckie.createTopicInCommunity({ groupID: await publicGroup(leckie), topicName: "t" }),
    ).rejects.toMatchObject(notPermitted);
  });
});

describe("a group that is dismissed", () => {
  it(
    "by its owner is told to every device of every member, and to nobody else",
    proves("user:dismiss:told", "user:devices"),
    async () => {
      const { backend, login } = await startIm();
      const devices = [
        await login("peter"),
        await login("peter", { platform: "iOS" }),
        await login("bob"),
        await login("bob", { platform: "Mac" }),
      ];
      const stranger = await login("stranger");
      const leckie = await login("leckie");
      const strangerHears = listen(stranger);
      const membersHear = [leckie, ...devices].map(listen);
      const groupID = await publicGroup(leckie, "peter", "bob");

      await expect(devices[0]?.dismissGroup(groupID)).rejects.toMatchObject(notPermitted);
      await expect(stranger.dismissGroup(groupID)).rejects.toMatchObject(notPermitted);
      await expect(leckie.dismissGroup(groupID)).resolves.toEqual({ code: 0, data: { groupID } });
      await expect(leckie.dismissGroup(groupID)).rejects.toMatchObject({ code: ErrorCode.GroupNotFound });

      const notice = (operationType: number, groupName = "MyFirstGroup") => ({
        name: EVENT.GROUP_SYSTEM_NOTICE_RECEIVED,
        data: { operationType, groupID: expect.any(String), groupName, operatorID: "leckie" },
      });
      const [ownerHears, ...othersHear] = membersHear;
      expect(await ownerHears?.heard(2)).toEqual([notice(6), notice(5)]);
      for (const { heard } of othersHear) expect(await heard(2)).toEqual([notice(7), notice(5)]);
      expect(await ownerHears?.heard(2)).toMatchObject([{ data: { groupID } }, { data: { groupID } }]);

      // What comes next for the stranger is the first that comes at all.
      await stranger.createGroup({ name: "MyOwn" });
      expect(await strangerHears.heard(1)).toMatchObject([{ data: { operationType: 6, groupName: "MyOwn" } }]);

      const arrivals = await backend.received(3);
      expect(
        arrivals.slice(0, 2).map(({ body, headers }) => [body["CallbackCommand"], headers["muster-sequence"]]),
      ).toEqual([
        ["Group.CallbackAfterCreateGroup", "1"],
        ["Group.CallbackAfterGroupDestroyed", "2"],
      ]);
      expect(arrivals[1]?.body).toMatchObject({
        MemberList: ["leckie", "peter", "bob"].map((user) => ({ Member_Account: user })),
      });
    },
  );

  it(
    "through the REST API is told to its members as well, as is its creation",
    proves("user:dismiss:by-rest"),
    async () => {
      const { rest, login } = await startIm();
      const leckie = listen(await login("leckie"));
      const peter = listen(await login("peter"));
      const { GroupId } = await rest("group_open_http_svc/create_group", {
        Type: "Private",
        Name: "MyFirstGroup",
        Owner_Account: "leckie",
        MemberList: [{ Member_Account: "peter" }],
      });
      expect(await rest("group_open_http_svc/destroy_group", { GroupId })).toMatchObject({ ErrorCode: 0 });
      const notice = (operationType: number) => ({
        name: EVENT.GROUP_SYSTEM_NOTICE_RECEIVED,
        data: { operationType, groupID: GroupId, groupName: "MyFirstGroup", operatorID: "administrator" },
      });
      expect(await leckie.heard(2)).toEqual([notice(6), notice(5)]);
      expect(await peter.heard(2)).toEqual([notice(7), notice(5)]);
    },
  );

  it(
    "is never a work group, which its owner cannot dismiss and whose refusal calls nobody back",
    proves("user:dismiss:work"),
    async () => {
      const { backend, rest, login } = await startIm();
      await login("peter");
      const leckie = await login("leckie");
      const { data } = await leckie.createGroup({ name: "MyFirstGroup", memberList: [{ userID: "peter" }] });
      const { groupID, type } = data.group;
      expect(type).toBe(TYPES.GRP_WORK);
      await expect(leckie.dismissGroup(groupID)).rejects.toMatchObject(notPermitted);
      expect(await rest("group_open_http_svc/destroy_group", { GroupId: groupID })).toMatchObject({ ErrorCode: 0 });
      // The callbacks of a group come in order and without gaps: between these two there is none.
      const arrivals = await backend.received(2);
      expect(arrivals.map(({ body, headers }) => [body["CallbackCommand"], headers["muster-sequence"]])).toEqual([
        ["Group.CallbackAfterCreateGroup", "1"],
        ["Group.CallbackAfterGroupDestroyed", "2"],
      ]);
      expect(queryOf(arrivals[1])).toMatchObject({ OptPlatform: "RESTAPI" });
    },
  );
});

describe("the topics of a community", () => {
  const groupID = "@TGS#_mine";
  const topicID = (own: string) => `${groupID}@TOPIC#_${own}`;

  it(
    "are created and deleted by its owner, and its members hear of it",
    proves("user:topics:created", "user:topics:deleted"),
    async () => {
      const { backend, login } = await startIm();
      const peter = await login("peter");
      const stranger = await login("stranger");
      const leckie = await login("leckie");
      const peterHears = listen(peter);
      await leckie.createGroup({
        name: "MyCommunity",
        type: TYPES.GRP_COMMUNITY,
        groupID,
        isSupportTopic: true,
        memberList: [{ userID: "peter" }],
      });
      await backend.received(1);
      const strangerHears = listen(stranger);

      for (const own of ["a", "b", "c"]) {
        await expect(
          leckie.createTopicInCommunity({ groupID, topicName: own, topicID: topicID(own) }),
        ).resolves.toEqual({
          code: 0,
          data: { topicID: topicID(own) },
        });
      }
      const generated = await leckie.createTopicInCommunity({ groupID, topicName: "d" });
      expect(generated.data.topicID).toMatch(/^@TGS#_mine@TOPIC#_./);
      await expect(peter.createTopicInCommunity({ groupID, topicName: "e" })).rejects.toMatchObject(notPermitted);

      const some = await leckie.deleteTopicFromCommunity({
        groupID,
        topicIDList: [topicID("a"), topicID("z"), topicID("b")],
      });
      expect(some).toEqual({
        code: 0,
        data: {
          successTopicList: [{ topicID: topicID("a") }, { topicID: topicID("b") }],
          failureTopicList: [
            { topicID: topicID("z"), code: ErrorCode.TopicNotFound, message: expect.stringContaining("no such topic") },
          ],
        },
      });
      await expect(peter.deleteTopicFromCommunity({ groupID })).rejects.toMatchObject(notPermitted);
      const rest = [topicID("c"), generated.data.topicID];
      await expect(leckie.deleteTopicFromCommunity({ groupID })).resolves.toEqual({
        code: 0,
        data: { successTopicList: rest.map((id) => ({ topicID: id })), failureTopicList: [] },
      });

      const created = (id: string) => ({
        name: EVENT.TOPIC_CREATED,
        data: { groupID, topicID: id, operatorID: "leckie" },
      });
      const deleted = (ids: string[]) => ({
        name: EVENT.TOPIC_DELETED,
        data: { groupID, topicIDList: ids, operatorID: "leckie" },
      });
      expect((await peterHears.heard(7)).slice(1)).toEqual([
        ...["a", "b", "c"].map((own) => created(topicID(own))),
        created(generated.data.topicID),
        deleted([topicID("a"), topicID("b")]),
        deleted(rest),
      ]);
      await stranger.createGroup({ name: "MyOwn" });
      expect(await strangerHears.heard(1)).toMatchObject([{ data: { groupName: "MyOwn" } }]);

      const arrivals = await backend.received(8);
      const ofTopics = arrivals.filter(({ body }) => String(body["CallbackCommand"]).includes("Topic"));
      expect(ofTopics.map(({ body }) => body["TopicIdList"] ?? body["TopicId"])).toEqual([
        topicID("a"),
        topicID("b"),
        topicID("c"),
        generated.data.topicID,
        [topicID("a"), topicID("b")],
        rest,
      ]);
    },
  );
});

describe("a connection is ended by the server", () => {
  it.each([
    ["no JSON", "garbage"],
    ["JSON that is no object", "[]"],
    ["an object without an id", '{"command":"login"}'],
    ["bytes that are no JSON", new Uint8Array([0xff, 0x00])],
  ])("with 1007 when a frame is %s", async (_, data) => {
    const { url } = await startIm();
    const { socket, closed } = await connect(url);
    socket.send(data);
    expect(await closed).toMatchObject({ code: 1007 });
  });

  it("with 4001 when a request comes before the login, which is answered first", async () => {
    const { url } = await startIm();
    const { socket, frames, closed } = await connect(url);
    socket.send(JSON.stringify({ id: 7, command: "createGroup", body: { type: "Public", name: "MyFirstGroup" } }));
    expect(await closed).toEqual({ code: 4001, reason: "not logged in" });
    expect(frames).toEqual([{ id: 7, code: ErrorCode.BadCredentials, info: "log in first" }]);
  });

  it("with 4002 when no login has come for 10 s", async () => {
    const clock = createManualClock(Date.now());
    const { url, login } = await startIm({ clock });
    const leckie = await login("leckie");
    const { socket, closed } = await connect(url);
    clock.advance(9_999);
    socket.send(JSON.stringify({ id: 1, command: "nothing" }));
    await expect(closed).resolves.toMatchObject({ code: 4001 });

    const late = await connect(url);
    clock.advance(10_000);
    expect(await late.closed).toMatchObject({ code: 4002 });
    await expect(leckie.createGroup({ name: "MyFirstGroup" })).resolves.toMatchObject({ code: 0 });
  });

  it("with 1009 when a frame is larger than 256 KiB, and not when it is as large", async () => {
    const { url } = await startIm();
    const limit = 262_144;
    const frame = (length: number) => JSON.stringify({ id: 2, command: "nothing" }).padEnd(length);
    const { socket, frames, closed } = await connect(url);
    const userSig = await userSigFor("leckie");
    socket.send(JSON.stringify({ id: 1, command: "login", body: { sdkAppId, userId: "leckie", userSig } }));
    await expect.poll(() => frames.length).toBe(1);
    socket.send(frame(limit));
    await expect.poll(() => frames.length).toBe(2);
    expect(frames).toMatchObject([
      { id: 1, code: 0 },
      { id: 2, code: expect.any(Number) },
    ]);
    socket.send(frame(limit + 1));
    expect(await closed).toMatchObject({ code: 1009 });
  });

  it("with 1008 when somebody who is not logged in sends more than 16 KiB, or 9 requests", async () => {
    const { url } = await startIm();
    const frame = (length: number) => JSON.stringify({ id: 1, command: "nothing" }).padEnd(length);
    const exact = await connect(url);
    exact.socket.send(frame(16_384));
    expect(await exact.closed).toMatchObject({ code: 4001 });
    const larger = await connect(url);
    larger.socket.send(frame(16_385));
    expect(await larger.closed).toMatchObject({ code: 1008 });
    const many = await connect(url);
    for (let i = 0; i < 9; i += 1) many.socket.send(frame(50));
    expect(await many.closed).toMatchObject({ code: expect.toBeOneOf([1008, 4001]) });
    expect(many.frames.length).toBeLessThan(9);
  });

  it("with 1008 when more than 256 requests wait, and not when as many do", async () => {
    const { login } = await startIm();
    const leckie = await login("leckie");
    const { heard } = listen(leckie);
    const codes = async (count: number) =>
      await Promise.all(
        Array.from({ length: count }, async () => {
          const refusal: unknown = await leckie.dismissGroup("nowhere").catch((error: unknown) => error);
          return refusal instanceof ClientError ? refusal.code : refusal;
        }),
      );
    expect(new Set(await codes(256))).toEqual(new Set([ErrorCode.GroupNotFound]));

    // Many more than may wait, because some are answered while the others still come in.
    expect(await codes(2_000)).toContain(ClientErrorCode.ConnectionLost);
    expect(await heard(2)).toMatchObject([
      { name: EVENT.NET_STATE_CHANGE, data: { state: TYPES.NET_STATE_CONNECTING } },
      { name: EVENT.NET_STATE_CHANGE, data: { state: TYPES.NET_STATE_CONNECTED } },
    ]);
  });

  it("with 1001 when it stops; what is asked from then on is rejected and not carried out", async () => {
    const folder = temporaryFolder();
    const { login, stop } = await startIm({ folder });
    const leckie = await login("leckie");
    const { events } = listen(leckie);
    const stopping = stop();
    await expect(leckie.createGroup({ name: "MyFirstGroup", groupID: "late" })).rejects.toMatchObject({
      code: ClientErrorCode.ConnectionLost,
      message: expect.stringMatching(/1001.*OUTCOME UNKNOWN/),
    });
    expect(events).toEqual([{ name: EVENT.NET_STATE_CHANGE, data: { state: TYPES.NET_STATE_CONNECTING } }]);
    const waits = leckie.dismissGroup("late");
    await stopping;
    await leckie.logout();
    await expect(waits).rejects.toMatchObject({ code: ClientErrorCode.NotConnected });
    await expect(leckie.dismissGroup("late")).rejects.toMatchObject({ code: ClientErrorCode.NotLoggedIn });

    const again = await startIm({ folder });
    const leckieAgain = await again.login("leckie");
    await expect(leckieAgain.dismissGroup("late")).rejects.toMatchObject({ code: ErrorCode.GroupNotFound });
  });
});

describe("the guide for app users", () => {
  const guide = readFileSync(new URL("../../docs/guides/app-users.md", import.meta.url), "utf8");
  const tables = guide.replaceAll(/ +/g, " ");
  const fields = (body: { readonly shape: Readonly<Record<string, z.core.$ZodType>> }) =>
    Object.entries(body.shape).map(([name, { _zod }]) => (_zod.optin === "optional" ? `\`${name}?\`` : `\`${name}\``));

  it("names every request with its fields", () => {
    for (const [command, body] of Object.entries({ login: loginRequest, ...userRequests })) {
      expect(tables).toContain(`| \`${command}\` | ${fields(body).join(", ") || "nothing"} `);
    }
  });

  it("names every notice with its fields", () => {
    for (const { shape } of noticeFrame.def.options) {
      const [event] = shape.event.def.values;
      expect(tables).toMatch(
        new RegExp(`\\| \`${event}\` \\| [^|]+ \\| ${fields(shape.body).join(", ").replaceAll("?", "\\?")} \\|`),
      );
    }
  });

  // That it stands there as it runs here is looked at in guides.test.ts.
  it("has an example that runs", async () => {
    const { url, login } = await startIm();
    const peter = listen(await login("peter"));
    const userSig = await userSigFor("leckie");
    const gone: string[] = [];
    const forget = (groupID: string) => gone.push(groupID);
    const askTheBackendAbout = (groupID: string) => Promise.reject(new Error(`nobody knows about ${groupID}`));

    // #region example
    const client = createClient({ url, sdkAppId: 1400000001 });
    client.on(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, ({ data }) => {
      if (data.operationType === 5) forget(data.groupID);
    });
    await client.login({ userID: "leckie", userSig });

    const created = await client.createGroup({
      name: "MyFirstGroup",
      type: TYPES.GRP_PUBLIC,
      memberList: [{ userID: "peter" }],
    });
    const { groupID } = created.data.group;
    try {
      await client.dismissGroup(groupID);
    } catch (error) {
      if (error instanceof ClientError && error.code === ClientErrorCode.TimedOut) await askTheBackendAbout(groupID);
      else throw error;
    }
    // #endregion

    // Of what one has done oneself one may be told after the answer.
    await expect.poll(() => gone).toEqual([groupID]);
    await client.logout();
    expect(await peter.heard(2)).toMatchObject([
      { data: { operationType: 7 } },
      { data: { operationType: 5, groupID } },
    ]);
  });
});
