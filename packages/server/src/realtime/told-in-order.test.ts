import type { NoticeFrame } from "@muster/protocol";
import { expect, it } from "vitest";

import type { Notice } from "../ports/notice-log.ts";
import { createToldInOrder } from "./told-in-order.ts";

const frame = (position: number): NoticeFrame => ({
  event: "systemNotification",
  body: { groupId: "g", name: "n", text: "" },
  position,
});
const notice = (position: number): Notice => ({
  sdkAppId: 1,
  groupId: "g",
  audience: "members",
  users: [],
  frame: { event: "systemNotification", body: { groupId: "g", name: "n", text: "" } },
  at: 0,
  position,
  change: position,
});

function setUp() {
  const told: (number | undefined)[] = [];
  return { told, ...createToldInOrder(({ position }) => told.push(position)) };
}

it("what happens while a device catches up comes behind what it missed, and only once", () => {
  const { told, tell, begin } = setUp();
  for (const position of [7, 8, 9]) tell(notice(position));
  expect(told).toEqual([]);
  begin(4, [frame(6), frame(7), frame(8)]);
  tell(notice(9));
  tell(notice(12));
  expect(told).toEqual([6, 7, 8, 9, 12]);
});

it("a device that begins now is told nothing of what was before", () => {
  const { told, tell, begin } = setUp();
  tell(notice(7));
  tell(notice(8));
  begin(7, []);
  tell(notice(7));
  expect(told).toEqual([8]);
});
