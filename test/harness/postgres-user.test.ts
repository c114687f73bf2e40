import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { temporaryFolder } from "./folder.ts";
import { ensurePostgresUser } from "./postgres-user.ts";

it("makes a user once, however many look for it at the same moment", async () => {
  const folder = temporaryFolder();
  const [users, log, lock] = ["users", "log", "lock"].map((name) => join(folder, name));
  // As useradd does: it looks, thinks, and writes.
  const user = {
    isThere: `grep -q postgres ${users}`,
    make: `echo made >> ${log}; sync ${log}; echo postgres >> ${users}`,
    lock: String(lock),
  };
  await Promise.all(Array.from({ length: 8 }, () => ensurePostgresUser(user)));
  expect(readFileSync(String(log), "utf8")).toBe("made\n");
});

it("says why a user could not be made", async () => {
  const lock = join(temporaryFolder(), "lock");
  const user = { isThere: "false", make: "echo 'cannot lock /etc/passwd' >&2; exit 1", lock };
  await expect(ensurePostgresUser(user)).rejects.toThrow("cannot lock /etc/passwd");
});
