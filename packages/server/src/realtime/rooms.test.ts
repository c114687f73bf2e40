import { expect, it } from "vitest";

import { createRooms } from "./rooms.ts";

it("an audience is those who came and have not left, in the order in which they came", () => {
  const { enter, leave, audience } = createRooms();
  for (const userId of ["peter", "leckie", "bob", "peter"]) enter(1, "room", userId, 0);
  expect(audience(1, "room")).toEqual(["peter", "leckie", "bob"]);
  leave(1, "room", ["leckie", "nobody"]);
  leave(1, "elsewhere", ["peter"]);
  expect(audience(1, "room")).toEqual(["peter", "bob"]);
  expect(audience(1, "elsewhere")).toEqual([]);
});

it("a user is in the rooms of an app that were entered and not left, each since the earliest time", () => {
  const { enter, leave, of } = createRooms();
  enter(1, "one", "peter", 5);
  enter(1, "one", "peter", 9);
  enter(1, "two", "peter", 8);
  enter(1, "two", "peter", 7);
  enter(2, "three", "peter", 8);
  enter(1, "four", "bob", 8);
  expect(of(1, "peter")).toEqual([
    ["one", 5],
    ["two", 7],
  ]);
  leave(1, "one", ["peter"]);
  enter(1, "one", "peter", 9);
  leave(1, "two", ["peter"]);
  expect(of(1, "peter")).toEqual([["one", 9]]);
  leave(1, "one", ["peter"]);
  expect([of(1, "peter"), of(3, "peter")]).toEqual([[], []]);
});

it("the newest are the last thousand that came, as far as they are still in", () => {
  const { enter, leave, newest, audience } = createRooms();
  for (let i = 0; i < 1_002; i += 1) enter(1, "room", `user${i}`, 0);
  leave(1, "room", ["user500"]);
  expect(newest(1, "room").size).toBe(999);
  for (const gone of ["user0", "user1", "user500"]) expect(newest(1, "room").has(gone)).toBe(false);
  expect(newest(1, "room").has("user2")).toBe(true);
  expect(audience(1, "room")).toHaveLength(1_001);
  expect([...newest(1, "elsewhere")]).toEqual([]);
});
