import { expect, it } from "vitest";

import { startRealSystem } from "../model/real-system.ts";

// The field was checked as if it were without effect, and then stored all the same.
it("ignores MaxMemberNum for an AVChatRoom, whose members are not counted", async () => {
  const { rest } = await (await startRealSystem()).nextApp();
  await rest("group_open/create_group", { Type: "AVChatRoom", Name: "a", GroupId: "room" });
  const info = () => rest("group_open/get_group_info", { GroupIdList: ["room"] });
  const before = await info();
  expect(await rest("group_open/modify_group_base_info", { GroupId: "room", MaxMemberNum: 1 })).toMatchObject({
    ErrorCode: 0,
  });
  expect(await info()).toEqual(before);
});
