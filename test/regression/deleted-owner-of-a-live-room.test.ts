import { expect, it } from "vitest";

import { startRealSystem } from "../model/real-system.ts";

// An AVChatRoom keeps no members, so its owner was not found among them when the account was deleted: whoever took
// the name later owned the room.
it("leaves an AVChatRoom without an owner when its owner's account is deleted", async () => {
  const { rest, login } = await (await startRealSystem()).nextApp();
  const owner = await login("peter");
  await owner.createGroup({ type: "AVChatRoom", name: "a", groupID: "room" });
  expect(await rest("im_open_login/account_delete", { DeleteItem: [{ UserID: "peter" }] })).toMatchObject({
    ResultItem: [{ UserID: "peter", ResultCode: 0 }],
  });
  expect(await rest("group_open/get_group_info", { GroupIdList: ["room"] })).toMatchObject({
    GroupInfo: [{ GroupId: "room", ErrorCode: 0, Owner_Account: "" }],
  });

  const namesake = await login("peter");
  await expect(namesake.dismissGroup("room")).rejects.toMatchObject({ code: 10007 });
});
