import { expect, it } from "vitest";

import { startRealSystem } from "../model/real-system.ts";

// Whether the user was in the room was asked before another device's coming, or leaving, had been written.
it("lets a user into an AVChatRoom once, and out of it once, however many devices ask at the same time", async () => {
  const { rest, login, callbacks } = await (await startRealSystem()).nextApp();
  await rest("group_open/create_group", { Type: "AVChatRoom", Name: "a", GroupId: "room" });
  const devices = await Promise.all(["peter", "peter", "peter"].map(login));
  const joining = await Promise.all(devices.map((device) => device.joinGroup({ groupID: "room" })));
  expect(joining.map(({ data }) => data.status).toSorted()).toEqual([
    "AlreadyInGroup",
    "AlreadyInGroup",
    "JoinedSuccess",
  ]);
  const quitting = await Promise.allSettled(devices.map((device) => device.quitGroup("room")));
  expect(quitting.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await callbacks()).map(({ body }) => body["CallbackCommand"])).toEqual([
    "Group.CallbackAfterCreateGroup",
    "Group.CallbackAfterNewMemberJoin",
    "Group.CallbackOnMemberStateChange",
    "Group.CallbackAfterMemberExit",
    "Group.CallbackOnMemberStateChange",
  ]);
});
