import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { GroupEvent } from "./group-event.ts";
import { foldEvents, newFold, takeNext } from "./group-fold.ts";
import { stateOf, type GroupState } from "./group-state.ts";

const RECEIVED = 1_700_000_000_000;
const GROUP = "@TGS#2J4SZEAEL";
const members = (...ids: string[]) => ids.map((id) => ({ Member_Account: id }));

/** What an event is beside its content. */
interface Stamp {
  readonly sequence?: number;
  /** EventTime, in ms. */
  readonly at?: number;
  readonly receivedAt?: number;
}

function make(name: string, fields: object, { sequence, at, receivedAt = RECEIVED }: Stamp = {}): GroupEvent {
  const command = `Group.Callback${name}`;
  const body = { CallbackCommand: command, GroupId: GROUP, Type: "Public", Operator_Account: "leckie", ...fields };
  return { command, sequence, eventTime: at, receivedAt, quarantined: false, body };
}

const foldGroup = (events: readonly GroupEvent[]): GroupState => stateOf(foldEvents(events));

/** The same, one event after another, and anew only where one is late. */
function foldStepwise(events: readonly GroupEvent[]): GroupState {
  let fold = newFold();
  for (const [i, event] of events.entries()) {
    if (!takeNext(fold, event)) fold = foldEvents(events.slice(0, i + 1));
  }
  return stateOf(fold);
}

const created = (stamp: Stamp = {}, over: object = {}) =>
  make(
    "AfterCreateGroup",
    { Owner_Account: "leckie", Name: "MyFirstGroup", MemberList: members("bob"), ...over },
    stamp,
  );
const destroyed = (stamp: Stamp = {}, over: object = {}) =>
  make("AfterGroupDestroyed", { Owner_Account: "leckie", Name: "MyFirstGroup", ...over }, stamp);
const joined = (ids: string[], stamp: Stamp = {}) =>
  make("AfterNewMemberJoin", { JoinType: "Invited", NewMemberList: members(...ids) }, stamp);
const left = (ids: string[], stamp: Stamp = {}) =>
  make("AfterMemberExit", { ExitType: "Quit", ExitMemberList: members(...ids) }, stamp);
const owner = (from: string, to: string, stamp: Stamp = {}) =>
  make("AfterChangeGroupOwner", { OldOwner_Account: from, NewOwner_Account: to }, stamp);
const info = (fields: object, stamp: Stamp = {}) => make("AfterGroupInfoChanged", fields, stamp);
const field = (id: string, fields: object, stamp: Stamp = {}) =>
  make("AfterMemberFieldChanged", { Member_Account: id, ...fields }, stamp);
const topic = (id: string, name: string, stamp: Stamp = {}) =>
  make("AfterCreateTopic", { Owner_Account: "leckie", TopicId: id, Name: name }, stamp);
const topicsGone = (ids: string[], stamp: Stamp = {}) => make("AfterTopicDestroyed", { TopicIdList: ids }, stamp);
const full = (stamp: Stamp = {}) => make("AfterGroupFull", {}, stamp);
const message = (stamp: Stamp = {}) =>
  make("AfterSendMsg", { From_Account: "bob", MsgSeq: 1, MsgTime: 1, MsgBody: [] }, stamp);

const who = ({ members: list }: GroupState) => list.map(({ userId, role }) => `${userId} ${role}`);
const attributes = (OptionType: string | undefined, entries: object, stamp: Stamp = {}) => {
  const GroupAttr = Object.entries(entries).map(([key, value]) => ({ key, value: value as unknown }));
  return make("AfterGroupAttrChanged", { OptionType, GroupAttr }, stamp);
};
const ids = ({ members: list }: GroupState) => list.map(({ userId }) => userId);

describe("a group", () => {
  it("is nothing before anything was told of it", () => {
    expect(foldGroup([])).toMatchObject({ exists: false, life: 0, name: undefined, members: [], createdAt: undefined });
  });

  it("is what its creation says", () => {
    const UserDefinedDataList = [
      { Key: "__proto__", Value: "a" },
      { Key: "UserDefined1", Value: "hello" },
    ];
    expect(foldGroup([created({ at: 1000 }, { UserDefinedDataList })])).toEqual({
      exists: true,
      life: 1,
      type: "Public",
      name: "MyFirstGroup",
      introduction: undefined,
      notification: undefined,
      faceUrl: undefined,
      owner: "leckie",
      members: [
        { userId: "leckie", role: "Owner", nameCard: undefined, joinedAt: 1000 },
        { userId: "bob", role: "Member", nameCard: undefined, joinedAt: 1000 },
      ],
      topics: [],
      attributes: {},
      customFields: JSON.parse('{"__proto__":"a","UserDefined1":"hello"}') as unknown,
      full: false,
      createdAt: 1000,
      disbandedAt: undefined,
    });
  });

  it("may have no owner", () => {
    expect(foldGroup([created({}, { Owner_Account: "", Type: "Private" })])).toMatchObject({
      type: "Private",
      owner: "",
      members: [{ userId: "bob" }],
    });
  });

  it("has its type by the name that the callbacks use", () => {
    for (const Type of ["Private", "Work", "ChatRoom", "Meeting", "Community", "Live"]) {
      expect(foldGroup([created({}, { Type })]).type).toBe(Type);
    }
  });

  it("has times of receipt where the callbacks have none", () => {
    const state = foldGroup([
      created({ receivedAt: 5 }),
      joined(["peter"], { receivedAt: 6 }),
      destroyed({ receivedAt: 7 }),
    ]);
    expect(state).toMatchObject({ createdAt: 5, disbandedAt: 7 });
    expect(state.members.map(({ joinedAt }) => joinedAt)).toEqual([5, 5, 6]);
  });

  it("gains and loses members", () => {
    const state = foldGroup([created(), joined(["peter", "bob", ""]), left(["bob", "nobody"])]);
    expect(who(state)).toEqual(["leckie Owner", "peter Member"]);
  });

  it("changes its owner, who keeps being a member", () => {
    const state = foldGroup([created(), owner("leckie", "bob"), owner("bob", "peter")]);
    expect(state.owner).toBe("peter");
    expect(who(state)).toEqual(["leckie Member", "bob Member", "peter Owner"]);
  });

  it("changes what its profile says, and keeps what is not mentioned", () => {
    const state = foldGroup([
      created(),
      info({ Name: "MySecondGroup", Introduction: "hello", UserDefinedDataList: [{ Key: "a", Value: "1" }] }),
      info({
        Notification: "",
        FaceUrl: "https://www.example.com/a.png",
        UserDefinedDataList: [{ Key: "b", Value: "2" }],
      }),
    ]);
    expect(state).toMatchObject({
      name: "MySecondGroup",
      introduction: "hello",
      notification: "",
      faceUrl: "https://www.example.com/a.png",
      customFields: { a: "1", b: "2" },
    });
  });

  it("has members with roles and name cards", () => {
    const state = foldGroup([created(), field("bob", { Role: "Admin" }), field("bob", { NameCard: "Bob" })]);
    expect(state.members[1]).toMatchObject({ userId: "bob", role: "Admin", nameCard: "Bob" });
  });

  it("is full until somebody leaves", () => {
    expect(foldGroup([created(), full()]).full).toBe(true);
    expect(foldGroup([created(), full(), left(["bob"])]).full).toBe(false);
  });

  it("gains and loses topics", () => {
    const events = [created(), topic("t1", "rules"), topic("t2", "news", { receivedAt: 9 }), topicsGone(["t1", "t3"])];
    expect(foldGroup(events).topics).toEqual([{ topicId: "t2", name: "news", createdAt: 9 }]);
    expect(foldGroup([...events, topicsGone(["t2"])]).topics).toEqual([]);
  });

  it("has a topic renamed where the sender says which", () => {
    const renamed = (fields: object) => make("AfterTopicInfoChanged", { Name: "laws", ...fields });
    const topics = (...more: GroupEvent[]) => foldGroup([created(), topic("t1", "rules"), ...more]).topics;
    expect(topics(renamed({}))).toMatchObject([{ name: "rules" }]);
    expect(topics(renamed({ TopicId: "t1" }))).toMatchObject([{ name: "laws" }]);
    expect(topics(renamed({ TopicId: "t2" }))).toHaveLength(1);
  });

  it("is gone when it was disbanded, and is then what it was at its end", () => {
    const end = destroyed({ at: 3000 }, { Name: "MyLastGroup", MemberList: members("leckie", "peter", "group_root") });
    const state = foldGroup([created({ at: 1000 }), joined(["peter"], { at: 2000 }), end]);
    expect(state).toMatchObject({ exists: false, life: 1, name: "MyLastGroup", createdAt: 1000, disbandedAt: 3000 });
    expect(who(state)).toEqual(["leckie Owner", "peter Member", "group_root Member"]);
  });

  it("keeps the members that are known where the disbanding names none", () => {
    expect(ids(foldGroup([created(), destroyed()]))).toEqual(["leckie", "bob"]);
  });

  it("is left alone by what today's catalog does not take", () => {
    const before = [created(), joined(["peter"])];
    const broken = [make("AfterMemberExit", { ExitMemberList: "bob" }), { ...destroyed(), body: undefined }];
    expect(foldGroup([...before, ...broken])).toEqual(foldGroup(before));
  });
});

describe("a group whose creation was not received", () => {
  it.each([
    ["a member joined", joined(["bob"]), { members: [{ userId: "bob", role: "Member" }] }],
    ["its name changed", info({ Name: "A" }), { name: "A", type: "Public" }],
    ["its owner changed", owner("leckie", "bob"), { owner: "bob", members: [{ userId: "bob", role: "Owner" }] }],
    ["a member became admin", field("bob", { Role: "Admin" }), { members: [{ userId: "bob", role: "Admin" }] }],
    ["it has a topic", topic("t1", "rules"), { owner: "leckie", topics: [{ topicId: "t1" }] }],
    ["a message was sent", message(), { members: [] }],
  ])("is there when %s", (_what, first, expected) => {
    expect(foldGroup([first])).toMatchObject({ exists: true, life: 1, createdAt: undefined, ...expected });
  });

  it("is not there because somebody asks whether he may join", () => {
    expect(foldGroup([make("BeforeApplyJoinGroup", { Requestor_Account: "bob" })])).toMatchObject({
      exists: false,
      life: 0,
    });
  });

  it("is gone when it was disbanded", () => {
    expect(foldGroup([destroyed({ at: 3000 }, { MemberList: members("leckie", "bob") })])).toMatchObject({
      exists: false,
      life: 1,
      owner: "leckie",
      disbandedAt: 3000,
      members: [{ userId: "leckie", role: "Owner" }, { userId: "bob" }],
    });
  });
});

describe("an id that is used again", () => {
  it("has a new group that has nothing of the old one", () => {
    const first = [
      created({ at: 1 }),
      joined(["peter"], { at: 2 }),
      topic("t1", "rules"),
      full({ at: 3 }),
      destroyed({ at: 4 }),
    ];
    const state = foldGroup([
      ...first,
      created({ at: 5 }, { Owner_Account: "group_root", Name: "Other", MemberList: [] }),
    ]);
    expect(state).toMatchObject({
      exists: true,
      life: 2,
      name: "Other",
      owner: "group_root",
      topics: [],
      full: false,
      createdAt: 5,
    });
    expect(state.disbandedAt).toBeUndefined();
    expect(ids(state)).toEqual(["group_root"]);
  });

  it("has one after each disbanding", () => {
    expect(foldGroup([created(), destroyed(), created(), destroyed(), created()])).toMatchObject({
      exists: true,
      life: 3,
    });
  });

  it("has one whose predecessor's disbanding was not received", () => {
    const events = [created({ at: 1 }), joined(["peter"], { at: 2 }), created({ at: 5 }, { MemberList: [] })];
    expect(foldGroup(events)).toMatchObject({ exists: true, life: 2, createdAt: 5, members: [{ userId: "leckie" }] });
  });

  it("has one of which numbers tell that it is the later one, though its creation was not received", () => {
    const events = [created({ sequence: 1 }), destroyed({ sequence: 2 }), joined(["group_root"], { sequence: 4 })];
    expect(foldGroup(events)).toMatchObject({
      exists: true,
      life: 2,
      createdAt: undefined,
      members: [{ userId: "group_root" }],
    });
    expect(foldGroup([...events, created({ sequence: 3 })]).members.map(({ userId }) => userId)).toEqual([
      "leckie",
      "bob",
      "group_root",
    ]);
    expect(foldGroup([...events.slice(0, 2), destroyed({ sequence: 4, at: 9 })])).toMatchObject({
      exists: false,
      life: 2,
      disbandedAt: 9,
    });
  });
});

describe("events that come late", () => {
  it("count in the order of their numbers", () => {
    const events = [
      created({ sequence: 1, at: 1 }),
      joined(["peter"], { sequence: 2, at: 2 }),
      left(["peter"], { sequence: 3, at: 3 }),
      info({ Name: "A" }, { sequence: 4, at: 4 }),
      info({ Name: "B" }, { sequence: 5, at: 5 }),
      destroyed({ sequence: 6, at: 6 }, { Name: undefined }),
    ];
    const expected = foldGroup(events);
    expect(expected).toMatchObject({
      exists: false,
      life: 1,
      name: "B",
      members: [{ userId: "leckie" }, { userId: "bob" }],
    });
    expect(foldGroup(events.toReversed())).toEqual(expected);
  });

  it("count by their numbers also where the sender's clock went back", () => {
    const events = [
      created({ sequence: 1, at: 900 }),
      info({ Name: "A" }, { sequence: 2, at: 800 }),
      info({ Name: "B" }, { sequence: 3, at: 700 }),
    ];
    expect(foldGroup(events).name).toBe("B");
    expect(foldGroup([...events, destroyed({ sequence: 4, at: 1 })]).exists).toBe(false);
    expect(
      foldGroup([...events, destroyed({ sequence: 4, at: 600 }), created({ sequence: 5, at: 500 })]),
    ).toMatchObject({ exists: true, life: 2 });
  });

  it("do not bring back a group that was disbanded", () => {
    const gone = [created({ at: 1 }), destroyed({ at: 100 })];
    for (const late of [
      created({ at: 99 }),
      created({ at: 1 }),
      joined(["peter"], { at: 50 }),
      joined(["peter"]),
      topic("t1", "rules"),
      topicsGone(["t1"]),
      message({ at: 50 }),
      destroyed({ at: 50 }),
      destroyed({ at: 100 }),
      destroyed(),
    ]) {
      expect(foldGroup([...gone, late])).toEqual(foldGroup(gone));
    }
  });

  it("do not bring back a group by a creation that comes behind the disbanding", () => {
    const state = foldGroup([
      destroyed({ at: 100 }, { Name: "Last", MemberList: members("leckie") }),
      created({ at: 1 }),
    ]);
    expect(state).toMatchObject({ exists: false, life: 1, name: "Last", createdAt: 1, disbandedAt: 100 });
    expect(ids(state)).toEqual(["leckie"]);
  });

  it("complete a community whose creation comes behind its first topics and members", () => {
    const state = foldGroup([
      topic("t1", "rules"),
      joined(["peter"], { at: 20 }),
      left(["bob"], { at: 21 }),
      created({ at: 10 }),
    ]);
    expect(state).toMatchObject({
      exists: true,
      life: 1,
      name: "MyFirstGroup",
      createdAt: 10,
      topics: [{ topicId: "t1" }],
    });
    expect(who(state)).toEqual(["peter Member", "leckie Owner"]);
  });

  it("are one creation if they have one time", () => {
    const events = [created({ at: 10 }), joined(["peter"], { at: 20 })];
    expect(foldGroup([...events, created({ at: 10 })])).toEqual(foldGroup(events));
    expect(foldGroup([...events, created({ at: 5 })])).toEqual(foldGroup(events));
  });

  it("do not undo what is newer", () => {
    const events = [
      created({ at: 1 }),
      info({ Name: "New", Introduction: "New" }, { at: 50 }),
      owner("leckie", "peter", { at: 50 }),
      left(["bob"], { at: 50 }),
      joined(["group_root"], { at: 50 }),
      field("group_root", { Role: "Admin", NameCard: "New" }, { at: 50 }),
      full({ at: 50 }),
    ];
    const late = [
      info({ Name: "Old", Introduction: "Old" }, { at: 40 }),
      owner("leckie", "bob", { at: 40 }),
      joined(["bob"], { at: 40 }),
      left(["group_root"], { at: 40 }),
      field("group_root", { Role: "Member", NameCard: "Old" }, { at: 40 }),
      field("bob", { Role: "Admin" }, { at: 40 }),
    ];
    expect(foldGroup([...events, ...late])).toEqual(foldGroup(events));
  });

  it("still tell what nothing newer was told of", () => {
    const state = foldGroup([
      created({ at: 1 }),
      info({ Name: "New" }, { at: 50 }),
      info({ Name: "Old", FaceUrl: "f" }, { at: 40 }),
    ]);
    expect(state).toMatchObject({ name: "New", faceUrl: "f" });
  });

  it("of a former group of the id are not told of the present one", () => {
    const present = [created({ at: 1 }), destroyed({ at: 2 }), created({ at: 100 })];
    for (const late of [
      joined(["peter"], { at: 1 }),
      left(["bob"], { at: 1 }),
      destroyed({ at: 2 }),
      destroyed({ at: 99 }),
    ]) {
      expect(foldGroup([...present, late])).toEqual(foldGroup(present));
    }
    expect(foldGroup([created({ at: 100 }), destroyed({ at: 50 })])).toMatchObject({ exists: true, life: 1 });
  });
});

describe("a group's attributes", () => {
  it("are set, modified, deleted and cleared", () => {
    const events = [
      created(),
      attributes("set", { a: "1", b: "2" }),
      attributes("modify", { b: "3", c: "4" }),
      attributes("delete", { a: "1" }),
    ];
    expect(foldGroup(events).attributes).toEqual({ b: "3", c: "4" });
    expect(foldGroup([...events, attributes("set", { d: "5" })]).attributes).toEqual({ d: "5" });
    expect(foldGroup([...events, attributes("clear", { b: "3", c: "4" })]).attributes).toEqual({});
    expect(foldGroup([...events, destroyed(), created()]).attributes).toEqual({});
  });

  it("are what they are said to be where nothing says how they changed", () => {
    const events = [created(), attributes(undefined, { a: "1", b: "2" }), attributes(undefined, { a: undefined })];
    expect(foldGroup(events).attributes).toEqual({ b: "2" });
  });

  it("are not changed by what is late and has no number", () => {
    const events = [created({ at: 1 }), attributes("modify", { a: "new" }, { at: 50 })];
    expect(foldGroup([...events, attributes("modify", { a: "old", b: "2" }, { at: 40 })]).attributes).toEqual({
      a: "new",
      b: "2",
    });
    const cleared = [...events, attributes("clear", { a: "new" }, { at: 60 })];
    expect(foldGroup([...cleared, attributes("modify", { b: "2" }, { at: 55 })]).attributes).toEqual({});
  });
});

describe("events that come behind what was folded already", () => {
  it("count by their time, for their place is lost", () => {
    const base = () => foldEvents([created({ sequence: 1, at: 1 }), info({ Name: "New" }, { sequence: 5, at: 50 })]);
    const late = info({ Name: "Old", FaceUrl: "f" }, { sequence: 3, at: 30 });
    expect(stateOf(foldEvents([late], base()))).toMatchObject({ name: "New", faceUrl: "f" });
    const next = info({ Name: "Newest" }, { sequence: 6, at: 20 });
    const again = info({ Name: "Anew" }, { sequence: 2, at: 10 });
    expect(stateOf(foldEvents([next, late], base()))).toMatchObject({ name: "Newest", faceUrl: "f" });
    expect(stateOf(foldEvents([next, next, again], base()))).toMatchObject({ name: "Newest" });
    expect(stateOf(foldEvents([next, next, info({ Name: "Last" }, { sequence: 7, at: 5 })], base())).name).toBe("Last");
  });
});

describe("any history of a group", () => {
  /** What a group is to somebody who watched it all happen. */
  interface Model {
    exists: boolean;
    life: number;
    name: string | undefined;
    owner: string | undefined;
    members: Set<string>;
    topics: Set<string>;
  }
  type Step = "create" | "destroy" | "join" | "leave" | "rename" | "owner" | "topic" | "untopic";
  const step = fc.record({
    what: fc.constantFrom<Step>("create", "destroy", "join", "leave", "rename", "owner", "topic", "untopic"),
    user: fc.constantFrom("leckie", "peter", "bob", "group_root"),
    text: fc.constantFrom("A", "B", "C"),
  });

  /** The events of a history, each with what the group is behind it; steps that a server would refuse do nothing. */
  function play(steps: readonly { what: Step; user: string; text: string }[]) {
    const group: Model = {
      exists: false,
      life: 0,
      name: undefined,
      owner: undefined,
      members: new Set(),
      topics: new Set(),
    };
    const history: { event: GroupEvent; after: Model }[] = [];
    for (const { what, user, text } of steps) {
      const sequence = history.length + 1;
      const happened = apply(group, what, user, text, { sequence, at: sequence * 1000 });
      if (!happened) continue;
      history.push({
        event: happened,
        after: { ...group, members: new Set(group.members), topics: new Set(group.topics) },
      });
    }
    return history;
  }

  function apply(group: Model, what: Step, user: string, text: string, stamp: Stamp): GroupEvent | undefined {
    if (what === "create") {
      if (group.exists) return undefined;
      Object.assign(group, { exists: true, life: group.life + 1, name: text, owner: user, topics: new Set() });
      group.members = new Set([user]);
      return created(stamp, { Owner_Account: user, Name: text, MemberList: [] });
    }
    if (!group.exists) return undefined;
    switch (what) {
      case "destroy":
        group.exists = false;
        return destroyed(stamp, {
          Owner_Account: group.owner,
          Name: group.name,
          MemberList: members(...group.members),
        });
      case "join":
        group.members.add(user);
        return joined([user], stamp);
      case "leave":
        if (user === group.owner) return undefined;
        group.members.delete(user);
        return left([user], stamp);
      case "rename":
        group.name = text;
        return info({ Name: text }, stamp);
      case "owner": {
        const former = group.owner ?? "";
        group.owner = user;
        group.members.add(user);
        return owner(former, user, stamp);
      }
      case "topic":
        group.topics.add(text);
        return topic(text, text, stamp);
      case "untopic":
        break;
    }
    group.topics.delete(text);
    return topicsGone([text], stamp);
  }

  const modelOf = (state: GroupState): Model => ({
    exists: state.exists,
    life: state.life,
    name: state.name,
    owner: state.owner,
    members: new Set(ids(state)),
    topics: new Set(state.topics.map(({ topicId }) => topicId)),
  });

  it("is told rightly at each of its moments, in whatever order it arrives", () => {
    const histories = fc.array(step, { maxLength: 25 }).chain((steps) => {
      const history = play(steps);
      const arrivals = fc.shuffledSubarray(history, { minLength: history.length });
      return fc.tuple(fc.constant(history), arrivals);
    });
    fc.assert(
      fc.property(histories, ([history, arrivals]) => {
        for (const [i, { after }] of history.entries()) {
          const untilThen = arrivals
            .filter(({ event: { sequence = 0 } }) => sequence <= i + 1)
            .map(({ event }) => event);
          expect(modelOf(foldGroup(untilThen))).toEqual(after);
          expect(foldStepwise(untilThen)).toEqual(foldGroup(untilThen));
          const roles = foldGroup(untilThen).members.filter(({ role }) => role === "Owner");
          expect(roles.map(({ userId }) => userId)).toEqual([after.owner]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is told rightly without numbers where it arrives as it happened, with times or without", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.boolean(), (steps, timed) => {
        const history = play(steps);
        const bare = history.map(({ event }) => ({
          ...event,
          sequence: undefined,
          eventTime: timed ? event.eventTime : undefined,
        }));
        for (const [i, { after }] of history.entries()) {
          expect(modelOf(foldGroup(bare.slice(0, i + 1)))).toEqual(after);
        }
      }),
    );
  });
});
