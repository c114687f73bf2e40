import { describe, expect, it } from "vitest";

import { startEndpoint } from "../harness/endpoint.ts";
import { accounts, NOW, ok, refused, startIm, unchanged, type Im } from "./im.ts";
import { proves } from "./proves.ts";

const group = { Type: "Public", Name: "MyFirstGroup" };
const DAY = 86_400_000;
/** When the day ends on which a server's clock begins. */
const MIDNIGHT = NOW - (NOW % DAY) + DAY;

const created: unknown = expect.objectContaining({ ErrorCode: 0 });

function create({ rest }: Im, body: object = {}): Promise<unknown> {
  return rest("create_group", { ...group, ...body });
}

/** The alarms among the callbacks since the last look. */
async function alarms(im: Im): Promise<unknown[]> {
  const command = "Group.CallbackOnDailyGroupQuotaAlarm";
  return (await im.told()).filter(({ CallbackCommand }) => CallbackCommand === command);
}

describe("a call", () => {
  it("has an answer of at most 1 MiB", proves("call:answer-limit"), async () => {
    const im = await startIm();
    const GroupId = await im.create({ Type: "Community", SupportTopic: 1 });
    // The answer repeats the id of a topic that there is not, so it can be made as long as wanted.
    const ask = (bytes: number) => im.rest("get_topic", { GroupId, TopicIdList: ["x".repeat(bytes)] });
    const around = Buffer.byteLength(JSON.stringify(await ask(1))) - 1;
    expect(Buffer.byteLength(JSON.stringify(await ask(1_048_576 - around)))).toBe(1_048_576);
    expect(await ask(1_048_576 - around + 1)).toEqual(refused(10018));
  });

  it("may come as often as it does where the app has no rates", proves("rate:off"), async () => {
    const im = await startIm();
    for (let i = 0; i < 5; i += 1) expect(await im.rest("get_appid_group_list", {})).toEqual(created);
  });

  it("may come as often as documented, and again in the next second", proves("rate:documented"), async () => {
    const im = await startIm({ rates: "documented" });
    expect(await im.rest("get_appid_group_list", {})).toEqual(created);
    expect(await im.rest("get_appid_group_list", {})).toEqual(refused(60007, "get_appid_group_list"));
    const check = () => im.rest("get_joined_group_list", { Member_Account: "bob" });
    const answers = await Promise.all(Array.from({ length: 201 }, check));
    expect(answers.filter(({ ErrorCode }) => ErrorCode === 60007)).toEqual([refused(60007, "get_joined_group_list")]);
    im.clock.now += 1_000;
    expect(await im.rest("get_appid_group_list", {})).toEqual(created);
    expect(await check()).toEqual(created);
  });

  it("may come as often as the app's own rate says, each command by itself", proves("rate:number"), async () => {
    const im = await startIm({ rates: 2 });
    expect(await create(im)).toEqual(created);
    expect(await create(im)).toEqual(created);
    expect(await create(im)).toEqual(refused(60007, "create_group"));
    expect(await im.rest("get_appid_group_list", {})).toMatchObject({ TotalCount: 2 });
    // A call that is wrong in itself is a call; whoever may not call at all uses nothing up.
    expect(await im.rest("destroy_group", {})).toEqual(refused(10004));
    const destroy = "/v4/group_open_http_svc/destroy_group";
    expect(await im.post(destroy, "{}", { ...im.query, usersig: "" })).toEqual(refused(70002));
    expect(await im.rest("destroy_group", {})).toEqual(refused(10004));
    expect(await im.rest("destroy_group", {})).toEqual(refused(60007));
  });
});

describe("an app's new groups of a day", () => {
  it(
    "are no more than it may have, less those disbanded",
    proves("quantity:new-groups", "quantity:new-groups-net"),
    async () => {
      const im = await startIm({ quantities: { newGroupsPerDay: 2 } });
      const first = await im.create({});
      await im.create({ Type: "AVChatRoom" });
      expect(await create(im, { GroupId: "mine" })).toEqual(refused(10006, "2"));
      expect(await im.rest("get_appid_group_list", {})).toMatchObject({ TotalCount: 2 });
      expect(await im.rest("destroy_group", { GroupId: first })).toEqual(ok());
      await im.create({ GroupId: "mine" });
      expect(await create(im)).toEqual(refused(10006));
    },
  );

  it("begin anew at midnight, UTC", proves("quantity:new-groups-day"), async () => {
    const im = await startIm({ quantities: { newGroupsPerDay: 1 } });
    const first = await im.create({});
    im.clock.now = MIDNIGHT - 1;
    expect(await create(im)).toEqual(refused(10006));
    im.clock.now = MIDNIGHT;
    await im.create({});
    expect(await create(im)).toEqual(refused(10006));
    // Whichever day a group is of: it is today that it makes room.
    expect(await im.rest("destroy_group", { GroupId: first })).toEqual(ok());
    await im.create({});
  });

  it(
    "are told of once a day, when more than 70 % of them are there",
    proves("callback:quota-alarm:once", "callback:quota-alarm:body"),
    async () => {
      const im = await startIm({ quantities: { newGroupsPerDay: 10 } });
      for (let i = 0; i < 7; i += 1) await im.create({});
      expect(await alarms(im)).toEqual([]);
      const eighth = await im.create({});
      const alarm = { CallbackCommand: "Group.CallbackOnDailyGroupQuotaAlarm", QuotaUsed: 8, Quota: 10 };
      const arrivals = await im.arrived();
      expect(arrivals.map(({ body }) => body)).toEqual(
        expect.arrayContaining([expect.objectContaining({ GroupId: eighth }), { ...alarm, EventTime: NOW }]),
      );
      expect(arrivals.find(({ body }) => body["Quota"] === 10)?.headers["muster-sequence"]).toBe("1");
      expect(await im.rest("destroy_group", { GroupId: eighth })).toEqual(ok());
      await im.create({});
      await im.create({});
      expect(await alarms(im)).toEqual([]);
      im.clock.now = MIDNIGHT;
      for (let i = 0; i < 8; i += 1) await im.create({});
      expect(await alarms(im)).toEqual([{ ...alarm, EventTime: MIDNIGHT }]);
    },
  );

  it("are told of by the switch of a changed profile", proves("callback:quota-alarm:switch"), async () => {
    for (const [name, count] of [
      ["Group.CallbackAfterGroupInfoChanged", 1],
      ["Group.CallbackAfterGroupDestroyed", 0],
    ] as const) {
      const { url, arrivals } = await startEndpoint();
      const callback = { url, allowPrivateNetwork: true, switches: [name] };
      const im = await startIm({ quantities: { newGroupsPerDay: 1 }, callback });
      await im.create({});
      await im.arrived();
      expect(arrivals, name).toHaveLength(count);
    }
  });
});

describe("an app's groups", () => {
  it("are no more at a time than it may have", proves("quantity:groups"), async () => {
    const im = await startIm({ quantities: { groups: 2 } });
    const first = await im.create({});
    await im.create({ Type: "AVChatRoom" });
    expect(await create(im)).toEqual(refused(10058, "2"));
    await im.rest("destroy_group", { GroupId: first });
    expect(await create(im)).toEqual(created);
    expect(await create(im)).toEqual(refused(10058));
  });

  it("are no more AVChatRooms at a time than it may have", proves("quantity:av-chat-rooms"), async () => {
    const im = await startIm({ quantities: { avChatRooms: 1 } });
    const live = await im.create({ Type: "AVChatRoom" });
    expect(await create(im, { Type: "AVChatRoom" })).toEqual(refused(10036, "1"));
    expect(await create(im)).toEqual(created);
    await im.rest("destroy_group", { GroupId: live });
    expect(await create(im, { Type: "AVChatRoom" })).toEqual(created);
  });

  it("take as many topics as a community may have", proves("quantity:topics"), async () => {
    const im = await startIm({ quantities: { topicsPerCommunity: 1 } });
    const GroupId = await im.create({ Type: "Community", SupportTopic: 1 });
    const { TopicId } = await im.rest("create_topic", { GroupId, TopicName: "a" });
    expect(await im.rest("create_topic", { GroupId, TopicName: "b" })).toEqual(refused(10037, "1"));
    expect(await im.rest("import_topic", { GroupId, TopicName: "b" })).toEqual(refused(10037));
    await im.rest("destroy_topic", { GroupId, TopicIdList: [TopicId] });
    expect(await im.rest("import_topic", { GroupId, TopicName: "b" })).toEqual(created);
  });

  it(
    "have as many members as the app's groups of their type may have",
    proves("quantity:members", "quantity:members-default", "quantity:members-changed"),
    async () => {
      const im = await startIm({ quantities: { membersPerGroup: { Public: 2 } } });
      await im.create({ GroupId: "mine" });
      expect(await im.group("mine")).toMatchObject({ MaxMemberNum: 2 });
      await unchanged(im, "mine", async () => {
        expect(await create(im, { MaxMemberCount: 3 })).toEqual(refused(10038, "MaxMemberCount"));
        expect(await create(im, { MaxMemberCount: 6_001 })).toEqual(refused(10004, "MaxMemberCount"));
        const MemberList = accounts("leckie", "peter", "bob");
        expect(await create(im, { MemberList })).toEqual(refused(10038, "MemberList"));
        expect(await im.rest("import_group", { ...group, MaxMemberCount: 3 })).toEqual(
          refused(10004, "MaxMemberCount"),
        );
        expect(await im.rest("modify_group_base_info", { GroupId: "mine", MaxMemberNum: 3 })).toEqual(
          refused(10004, "MaxMemberNum"),
        );
      });
      const { GroupId } = await im.rest("import_group", group);
      expect(await im.group(String(GroupId))).toMatchObject({ MaxMemberNum: 2 });
      expect(await im.group(await im.create({ Type: "Work" }))).toMatchObject({ MaxMemberNum: 6_000 });
    },
  );

  it("can be imported beyond all of this, and count then", proves("quantity:imports"), async () => {
    const quantities = { newGroupsPerDay: 1, groups: 1, groupsPerUser: 1 };
    const im = await startIm({ quantities });
    const MemberList = accounts("leckie", "peter");
    for (const GroupId of ["a", "b"]) {
      expect(await im.rest("import_group", { ...group, GroupId, Owner_Account: "leckie" })).toEqual(ok({ GroupId }));
      expect(await im.rest("import_group_member", { GroupId, MemberList })).toEqual(
        ok({
          MemberList: [
            { Member_Account: "leckie", Result: 2 },
            { Member_Account: "peter", Result: 1 },
          ],
        }),
      );
    }
    expect(await im.told()).toEqual([]);
    expect(await create(im)).toEqual(refused(10058));
    expect(await im.rest("destroy_group", { GroupId: "b" })).toEqual(ok());
    expect(await im.rest("destroy_group", { GroupId: "a" })).toEqual(ok());
    expect(await create(im, { Owner_Account: "peter" })).toEqual(created);
  });
});

describe("a user's groups", () => {
  it("are no more than a user may be in", proves("quantity:groups-per-user"), async () => {
    const im = await startIm({ quantities: { groupsPerUser: 2 } });
    await im.create({ GroupId: "a", Owner_Account: "leckie", MemberList: accounts("peter") });
    await im.create({ GroupId: "b", Type: "Work", MemberList: accounts("leckie") });
    await unchanged(im, "a", async () => {
      expect(await create(im, { GroupId: "c", Owner_Account: "leckie" })).toEqual(refused(10037, "leckie"));
      expect(await create(im, { GroupId: "c", MemberList: accounts("peter", "leckie") })).toEqual(
        refused(10037, "leckie"),
      );
    });
    expect(await im.rest("get_group_info", { GroupIdList: ["c"] })).toMatchObject({
      GroupInfo: [{ ErrorCode: 10010 }],
    });
    await im.rest("delete_group_member", { GroupId: "b", MemberToDel_Account: ["leckie"] });
    expect(await create(im, { GroupId: "c", Owner_Account: "leckie" })).toEqual(created);
  });

  it("are those that the user is in", proves("quantity:groups-of-nobody"), async () => {
    const im = await startIm({ quantities: { groupsPerUser: 1 } });
    for (let i = 0; i < 3; i += 1) {
      await im.create({});
      await im.create({ Type: "AVChatRoom", Owner_Account: "administrator" });
    }
    await im.create({ Owner_Account: "administrator" });
    expect(await create(im, { Owner_Account: "administrator" })).toEqual(refused(10037));
  });

  it("bound who can be added, each with a result", proves("quantity:add-member"), async () => {
    const im = await startIm({ quantities: { groupsPerUser: 1 } });
    await im.create({ GroupId: "a", MemberList: accounts("leckie") });
    await im.create({ GroupId: "b" });
    const add = (...userIds: string[]) =>
      im.rest("add_group_member", { GroupId: "b", MemberList: accounts(...userIds) });
    await unchanged(im, "b", async () => {
      expect(await add("leckie")).toEqual(refused(10037, "leckie"));
      expect(await add("leckie", "nobody")).toEqual(refused(10037, "leckie"));
    });
    const results = ok({
      MemberList: [
        { Member_Account: "leckie", Result: 0 },
        { Member_Account: "peter", Result: 1 },
      ],
    });
    expect(await add("leckie", "peter")).toEqual(results);
    expect(await im.told()).toMatchObject([{ NewMemberList: accounts("peter") }]);
    // Whoever is in the group already is not one too many in it.
    expect(await add("peter")).toEqual(ok({ MemberList: [{ Member_Account: "peter", Result: 2 }] }));
  });
});

it(
  "a group that is created full is told of as created alone",
  proves("callback:after-group-full:created"),
  async () => {
    const im = await startIm();
    await im.create({ MaxMemberCount: 2, Owner_Account: "leckie", MemberList: accounts("peter") });
    expect(await im.told()).toMatchObject([{ CallbackCommand: "Group.CallbackAfterCreateGroup" }]);
  },
);

it("whoever acts in somebody's name names somebody", proves("call:from-account"), async () => {
  const im = await startIm();
  const GroupId = await im.create({ Type: "Community", SupportTopic: 1, MemberList: accounts("bob") });
  const { TopicId } = await im.rest("create_topic", { GroupId, TopicName: "a" });
  await unchanged(im, GroupId, async () => {
    for (const [command, body] of [
      ["modify_group_base_info", { Name: "New" }],
      ["change_group_owner", { NewOwner_Account: "bob" }],
      ["modify_topic", { TopicId, TopicName: "New" }],
      ["create_topic", { TopicName: "New" }],
      ["import_topic", { TopicName: "New" }],
    ] as const) {
      const answer = await im.rest(command, { GroupId, ...body, From_Account: "nobody" });
      expect(answer, command).toEqual(refused(10019, "From_Account"));
    }
  });
});
