import { expect, it } from "vitest";

import { startRealSystem } from "../model/real-system.ts";

// Whoever logs in becomes known to the app: of the ways to that this one alone took any text for a user's id. A group
// that such a user created was nobody's, or could not be handed over, nor its owner be named in any call.
it("lets nobody in by what cannot be a user's id", async () => {
  const { rest, login } = await (await startRealSystem()).nextApp();
  for (const UserID of ["", "i".repeat(33), "群".repeat(11)]) {
    await expect(login(UserID), UserID).rejects.toMatchObject({ code: 10004 });
    expect(await rest("im_open_login/account_check", { CheckItem: [{ UserID }] })).toMatchObject({
      ResultItem: [{ UserID, AccountStatus: "NotImported" }],
    });
  }
  await login("i".repeat(32));
});
