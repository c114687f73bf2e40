import { expect, it } from "vitest";

import { stateAfter } from "./group-life.ts";
import { lifeEventOf, type LifeEvent } from "./life-event.ts";

const accounts = (...users: string[]) => users.map((Member_Account) => ({ Member_Account }));

function events(...told: readonly (readonly [string, object])[]): LifeEvent[] {
  return told.map(([name, body], i) =>
    lifeEventOf({
      position: i + 1,
      sdkAppId: 1400000001,
      groupId: "chess",
      sequence: i + 1,
      id: `id-${i}`,
      command: `Group.CallbackAfter${name}`,
      acceptedAt: 1_700_000_000_000 + i,
      state: "delivered",
      attempts: 1,
      body: JSON.stringify(body),
    }),
  );
}

const created = [
  "CreateGroup",
  { Type: "Public", Name: "Chess", Owner_Account: "leckie", MemberList: accounts("peter") },
] as const;

it("knows who is in a group after each of its callbacks, and as what", () => {
  const all = events(
    created,
    ["NewMemberJoin", { NewMemberList: accounts("bob", "peter") }],
    ["MemberFieldChanged", { Member_Account: "bob", Role: "Admin" }],
    ["ChangeGroupOwner", { OldOwner_Account: "leckie", NewOwner_Account: "bob" }],
    ["MemberExit", { ExitMemberList: accounts("leckie") }],
  );
  const membersAfter = (count: number) => Object.fromEntries(stateAfter(all.slice(0, count)).members);
  expect(membersAfter(1)).toEqual({ leckie: "Owner", peter: "Member" });
  expect(membersAfter(2)).toEqual({ leckie: "Owner", peter: "Member", bob: "Member" });
  expect(membersAfter(3)).toMatchObject({ bob: "Admin" });
  expect(membersAfter(5)).toEqual({ peter: "Member", bob: "Owner" });
  expect(stateAfter(all).texts).toMatchObject({ name: "Chess", type: "Public", owner: "bob" });
});

it("knows a profile, topics and the end, and begins anew where an id is used again", () => {
  const all = events(
    created,
    ["GroupInfoChanged", { Name: "Chess 2", UserDefinedDataList: [{ Key: "Colour", Value: "blue" }] }],
    ["CreateTopic", { TopicId: "t1", Name: "Openings" }],
    ["CreateTopic", { TopicId: "t2", Name: "Endings" }],
    ["TopicDestroyed", { TopicIdList: ["t1"] }],
    ["GroupDestroyed", { Name: "Chess 2", EventTime: "1700000000123" }],
    ["CreateGroup", { Name: "Go", Owner_Account: "peter" }],
  );
  expect(stateAfter(all.slice(0, 5))).toMatchObject({ phase: "there", texts: { name: "Chess 2", Colour: "blue" } });
  expect([...stateAfter(all.slice(0, 5)).topics]).toEqual([["t2", "Endings"]]);
  expect(stateAfter(all.slice(0, 6)).phase).toBe("disbanded");
  expect(all[5]?.at).toBe(1_700_000_000_123);
  const again = stateAfter(all);
  expect([again.phase, again.texts["name"], again.topics.size, [...again.members.keys()]]).toEqual([
    "there",
    "Go",
    0,
    ["peter"],
  ]);
});

it("says that it does not know what was not told", () => {
  const late = stateAfter(events(["NewMemberJoin", { NewMemberList: accounts("bob") }]));
  expect([late.phase, [...late.members.keys()]]).toEqual(["unknown", ["bob"]]);
});
