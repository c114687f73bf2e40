import { expect, it } from "vitest";

import { createRooms } from "./rooms.ts";

it("an audience is those who came and have not left, in the order in which they came", () => {
  const { enter, leave, audience } = createRooms();
  for (const userId of ["peter", "leckie", "bob", "peter"]) enter(1, "room", userId);
  expect(audience(1, "room")).toEqual(["peter", "leckie", "bob"]);
  leave(1, "room", ["leckie", "nobody"]);
  leave(1, "elsewhere", ["peter"]);
  expect(audience(1, "room")).toEqual(["peter", "bob"]);
  expect(audience(1, "elsewhere")).toEqual([]);
});

it("whoever leaves all is in no room of that app", () => {
  const { enter, leaveAll, audience } = createRooms();
  for (const room of ["one", "two"]) enter(1, room, "peter");
  enter(1, "two", "bob");
  enter(2, "one", "peter");
  leaveAll(1, "peter");
  leaveAll(3, "peter");
  expect([audience(1, "one"), audience(1, "two"), audience(2, "one")]).toEqual([[], ["bob"], ["peter"]]);
});
