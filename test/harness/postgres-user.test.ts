import { expect, it } from "vitest";

import { ensurePostgresUser, type Accounts } from "./postgres-user.ts";

/** A machine on which so many look for the user before the first of them makes it. */
function machineFor(lookers: number): { readonly accounts: Accounts; readonly made: readonly string[] } {
  const made: string[] = [];
  const { promise: allLooked, resolve } = Promise.withResolvers<void>();
  let looked = 0;
  return {
    made,
    accounts: {
      has: (name) => Promise.resolve(made.includes(name)),
      async add(name) {
        looked += 1;
        if (looked === lookers) resolve();
        await allLooked;
        if (made.includes(name)) throw new Error(`user '${name}' already exists`);
        made.push(name);
      },
    },
  };
}

it("makes PostgreSQL's user once, however many start at the same moment", async () => {
  const { accounts, made } = machineFor(3);
  await Promise.all([0, 1, 2].map(() => ensurePostgresUser(accounts)));
  await ensurePostgresUser(accounts);
  expect(made).toEqual(["postgres"]);
});

it("says why it could not be made", async () => {
  const accounts = {
    has: () => Promise.resolve(false),
    add: () => Promise.reject(new Error("cannot lock /etc/passwd")),
  };
  await expect(ensurePostgresUser(accounts)).rejects.toThrow("cannot lock");
});
