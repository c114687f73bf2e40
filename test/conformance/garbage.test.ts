import { envelope, ErrorCode, fit, restCommands, signUserSig, userRequests, type RestCommand } from "@muster/protocol";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod/mini";

import { connectDevice, type Device, type Taken } from "../harness/device.ts";
import { nearlyJson, nearlyRight, type Words } from "../harness/garbage.ts";
import { seedOf } from "../harness/random.ts";
import { onPostgres } from "../harness/store.ts";
import { openStored } from "../harness/stored.ts";
import { accounts, NOW_S, ok, pathOf, sdkAppId, secretKey, startIm, type Im } from "./im.ts";
import { proves } from "./proves.ts";

/** Bodies for each command; fewer on PostgreSQL, where to read all that is stored takes longer. */
const BODIES = Math.ceil(Number(process.env["CAMPAIGN_GARBAGE"] ?? 100) / (onPostgres ? 10 : 1));
const seed = seedOf("garbage");

const users = ["leckie", "peter", "bob", "alice", "administrator", "nobody"];
const groups = ["work", "public", "meeting", "room", "@TGS#_com", "new", "@TGS#_new"];
const topics = ["@TGS#_com@TOPIC#_rules", "@TGS#_com@TOPIC#_new", "public@TOPIC#_rules"];
const types = ["Public", "Private", "Work", "ChatRoom", "Meeting", "AVChatRoom", "Community"];
const names = ["MyFirstGroup", "n", "群"];
const keys = ["Colour", "Level", "Nick", "Rank", "seat1"];
const fields = ["Name", "Member_Account", "Role", "Introduction", "MemberNum", "AppDefinedData"];

/** What the texts of requests are about, by the names of their fields. */
const words: Words = {
  ...byField(groups, "GroupId", "GroupIdList", "groupId"),
  ...byField(topics, "TopicId", "TopicIdList", "topicId", "topicIds"),
  ...byField(types, "Type", "GroupType", "type"),
  ...byField(names, "Name", "TopicName", "NameCard", "name", "nameCard", "Nick"),
  ...byField(keys, "Key", "key", "keys", "AppDefinedDataFilter_Group", "AppDefinedDataFilter_GroupMember"),
  ...byField(fields, "GroupBaseInfoFilter", "MemberInfoFilter", "SelfInfoFilter", "ResponseFilter"),
  ...byField(users, "Owner_Account", "Member_Account", "Members_Account", "MemberToDel_Account", "User_Account"),
  ...byField(users, "UserID", "From_Account", "NewOwner_Account", "To_Account", "ToMembers_Account", "Accounts"),
  ...byField(users, "userId", "userIds", "members", "newOwner"),
};

function byField(texts: readonly string[], ...of: readonly string[]): Words {
  return Object.fromEntries(of.map((field) => [field, texts]));
}

/** A server with a group of each type, of leckie's, with peter as an admin and bob, and its store to look into. */
async function start(): Promise<{ im: Im; stored: () => Promise<unknown> }> {
  const im = await startIm();
  const MemberList = [{ Member_Account: "peter", Role: "Admin" }, ...accounts("bob")];
  const leckies = { Owner_Account: "leckie" };
  await im.create({ GroupId: "work", Type: "Private", ...leckies, MemberList: accounts("peter", "bob") });
  await im.create({ GroupId: "public", ...leckies, MemberList });
  await im.create({ GroupId: "meeting", Type: "ChatRoom", ...leckies, MemberList });
  await im.create({ GroupId: "room", Type: "AVChatRoom", ...leckies });
  await im.create({ GroupId: "@TGS#_com", Type: "Community", SupportTopic: 1, ...leckies, MemberList });
  const topic = { GroupId: "@TGS#_com", TopicId: topics[0], TopicName: "rules" };
  expect(await im.rest("create_topic", topic)).toEqual(ok({ TopicId: topics[0] }));
  const attributes = { GroupId: "public", GroupAttr: [{ key: "seat1", value: "leckie" }] };
  expect(await im.rest("set_group_attr", attributes)).toEqual(ok());
  const { read, close } = await openStored(im.store);
  onTestFinished(close);
  return { im, stored: read };
}

/** The longest body that is read, in bytes. */
const LARGEST = 1_048_576;

/** The close code of a connection that sent what is no frame. */
const UNREADABLE = 1007;

/** The close code of a connection that sent more than it may hold before its login. */
const TOO_MUCH = 1008;

/** What no garbage may bring about. */
const internal: readonly number[] = [ErrorCode.Internal, ErrorCode.AccountInternal, ErrorCode.Timeout];
const isHarmless = (code: number): boolean =>
  code === 0 || code === UNREADABLE || code === TOO_MUCH || (code > 10_000 && !internal.includes(code));
const reading = /^(?:get_|query_|account_check$|get[A-Z]|list[A-Z])/;

interface Outcome {
  readonly code: number;
  readonly info: string;
}

/** Throws so many bodies of a command; what is refused, and what only reads, must leave the store as it was. */
async function expectHarmless(
  name: string,
  body: fc.Arbitrary<unknown>,
  stored: () => Promise<unknown>,
  take: (json: string) => Promise<Outcome>,
): Promise<void> {
  let before = await stored();
  const thrown = fc.asyncProperty(nearlyJson(body), async (json) => {
    const { code, info } = await take(json);
    expect(code).toSatisfy(isHarmless);
    expect(code === 0 ? "OK" : info).not.toBe("");
    const after = await stored();
    expect(code === 0 && !reading.test(name) ? before : after).toEqual(before);
    before = after;
  });
  // What a body does depends on those before it, so a smaller one proves nothing.
  await fc.assert(thrown, { seed, numRuns: BODIES, endOnFailure: true });
}

const allCommands: readonly RestCommand[] = Object.values(restCommands);

describe("whatever comes for", () => {
  it.each(allCommands.map((command) => [command.command, command] as const))(
    "%s is answered with the envelope and a code of its own, and changes nothing where it is refused",
    proves("call:garbage"),
    async (name, { request, response }) => {
      const { im, stored } = await start();
      await expectHarmless(name, nearlyRight(request, words), stored, async (json) => {
        const answer = await im.post(pathOf(name), new TextEncoder().encode(json));
        expect(Object.keys(answer)).toEqual(expect.arrayContaining(["ActionStatus", "ErrorInfo", "ErrorCode"]));
        expect(fit(answer.ErrorCode === 0 ? response : envelope, answer)).toMatchObject({ ok: true });
        expect(answer.ActionStatus === "OK").toBe(answer.ErrorCode === 0);
        return { code: answer.ErrorCode, info: answer.ErrorInfo };
      });
    },
  );

  // What is too large comes as far as no store: once is enough.
  it.each(onPostgres ? [] : allCommands.map(({ command }) => command))(
    "%s with a body as large as may be, and larger, is answered at once",
    proves("call:garbage", "call:body-limit"),
    async (name) => {
      const { im, stored } = await start();
      const before = await stored();
      const many = `[${Array<string>(8_000).fill("{}").join()}]`;
      const body = Object.keys(words).map((field) => `"${field}":${many}`);
      const largest = `{${body.join()}}`.padEnd(LARGEST);
      expect(largest).toHaveLength(LARGEST);
      const refused = await im.post(pathOf(name), largest);
      expect(refused.ErrorInfo.length).toBeLessThan(2_000);
      expect(refused.ErrorCode !== 0 || reading.test(name)).toBe(true);
      expect(await im.post(pathOf(name), `${largest} `)).toMatchObject({ ErrorCode: ErrorCode.BodyTooLong });
      expect(await stored()).toEqual(before);
    },
  );
});

describe("whatever an app user asks with", () => {
  it.each(Object.entries(userRequests))(
    "%s is answered under its id with a code of its own, and changes nothing where it is refused",
    proves("user:garbage"),
    async (name, request) => {
      const { im, stored } = await start();
      const device = await connections(im);
      await expectHarmless(name, nearlyRight(request, words), stored, async (json) => {
        const frame = `{"id":7,"command":${JSON.stringify(name)},"body":${json}}`;
        const taken = await (await device()).send(frame);
        expect("reply" in taken ? taken.reply.id : 7).toBe(7);
        return outcomeOf(taken);
      });
    },
  );

  it("to log in is answered, and only a good UserSig opens the connection", proves("user:garbage"), async () => {
    const { im, stored } = await start();
    const loginLike = z.object({
      sdkAppId: z.literal([sdkAppId, 1]),
      userId: z.string(),
      userSig: z.string(),
      platform: z.optional(z.string()),
    });
    const sig = await userSig("peter");
    const ids = { ...words, userSig: [sig, sig.slice(1), `${sig}A`], platform: ["Web", "RESTAPI", "iOS"] };
    await expectHarmless("login", nearlyRight(loginLike, ids), stored, async (json) => {
      const device = await connectDevice(im.url);
      const taken = await device.send(`{"id":0,"command":"login","body":${json}}`);
      device.close();
      return outcomeOf(taken);
    });
  });

  it("as a frame, is answered or ends that connection, and no other", proves("user:garbage"), async () => {
    const { im, stored } = await start();
    const witness = await connections(im);
    const device = await connections(im);
    const frame = fc.oneof(
      nearlyJson(nearlyRight(z.object({ id: z.int(), command: z.string(), body: z.object({}) }), { command: ["x"] })),
      fc.string({ unit: "binary", maxLength: 50 }),
    );
    const before = await stored();
    const survives = fc.asyncProperty(frame, async (text) => {
      const taken = await (await device()).send(text);
      expect("closedWith" in taken ? taken.closedWith : taken.reply.code).toSatisfy(
        (code: number) => code === UNREADABLE || code > 10_000,
      );
      const asked = await (await witness()).send('{"id":1,"command":"listGroups","body":{}}');
      expect(asked).toMatchObject({ reply: { id: 1, code: 0 } });
    });
    await fc.assert(survives, { seed, numRuns: BODIES * 5 });
    expect(await stored()).toEqual(before);
  });
});

function outcomeOf(taken: Taken): Outcome {
  return "closedWith" in taken ? { code: taken.closedWith, info: "closed" } : taken.reply;
}

function userSig(userId: string): Promise<string> {
  return signUserSig({ sdkAppId, userId, issuedAt: NOW_S, expiresIn: 864_000_000 }, secretKey);
}

/** peter's device, which connects and logs in again where its connection was ended. */
async function connections({ url }: Im): Promise<() => Promise<Device>> {
  const login = { sdkAppId, userId: "peter", userSig: await userSig("peter"), platform: "Web" };
  const frame = JSON.stringify({ id: 0, command: "login", body: login });
  let open: Device | undefined;
  onTestFinished(() => open?.close());
  async function connect(): Promise<Device> {
    const device = await connectDevice(url);
    expect(await device.send(frame)).toMatchObject({ reply: { code: 0 } });
    return (open = {
      close: device.close,
      async send(text) {
        const taken = await device.send(text);
        if ("closedWith" in taken) open = undefined;
        return taken;
      },
    });
  }
  return async () => open ?? (await connect());
}
