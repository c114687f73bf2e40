import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { newMember } from "../../group/new-member.ts";
import type { NewNotice } from "../../ports/notice-log.ts";
import { APP, group } from "../sample-groups.contract.ts";
import { openSqliteStore } from "./open-store.ts";

const NOW = 1_700_000_000_000;

it("goes on keeping what an app is told where that nobody listens any more could not be written", async () => {
  const path = join(temporaryFolder(), "server.db");
  const { store, notices, close } = openSqliteStore(path);
  onTestFinished(close);
  const { groupId } = group;
  const notice: NewNotice = {
    groupId,
    audience: "members",
    users: [],
    frame: { event: "systemNotification", body: { groupId, name: "n", text: "hello" } },
    at: NOW,
  };
  await notices.listen(APP, NOW);
  await store.write(APP, async (tx) => {
    await tx.addGroup(group);
    await tx.addMembers(groupId, [newMember(group.type, "peter", "Member", 1)]);
  });
  const after = await notices.position(APP);

  const file = new DatabaseSync(path);
  onTestFinished(() => file.close());
  file.exec("ALTER TABLE notice RENAME TO gone");
  await expect(notices.forget(NOW + 1)).rejects.toThrow("notice");
  file.exec("ALTER TABLE gone RENAME TO notice");

  await store.write(APP, async (tx) => {
    if (tx.hasListeners) await tx.addNotice(notice);
  });
  expect(await notices.missed(APP, "peter", after, [], { notices: 10, bytes: 1_000 })).toMatchObject({
    complete: true,
    frames: [notice.frame],
  });
});
