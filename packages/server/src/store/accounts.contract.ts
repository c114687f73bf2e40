import { describe, expect, it } from "vitest";

import type { Store } from "../ports/store.ts";
import { APP, OTHER_APP } from "./sample-groups.contract.ts";

/** A store under test, as far as it knows users. */
export interface AccountsUnderTest {
  readonly store: Store;
}

/** What every store does with users. */
export function accountsContract(name: string, opened: () => Promise<AccountsUnderTest>): void {
  describe(`${name}: accounts`, () => {
    it("knows the users who were imported, and tells the others in the order asked", async () => {
      const { store } = await opened();
      await store.write(APP, async (tx) => {
        await tx.putAccount({ userId: "leckie", nick: "L", faceUrl: "" });
        await tx.putAccount({ userId: "leckie", nick: "Leckie", faceUrl: "https://example.com/l.png" });
        expect(await tx.missingAccounts(["bob", "leckie"]), "inside the work").toEqual(["bob"]);
      });
      expect(await store.read(APP).missingAccounts(["peter", "leckie", "bob", "Leckie"])).toEqual([
        "peter",
        "bob",
        "Leckie",
      ]);
      expect(await store.read(APP).missingAccounts([])).toEqual([]);
    });

    it("takes every text for a user's id as it is", async () => {
      const { store } = await opened();
      const odd = ["", "a\u0000b", "ÿ", "李", "😀", "'; --", "%", "\\", '"', "a ", " a"];
      await store.write(APP, async (tx) => {
        for (const userId of odd) await tx.putAccount({ userId, nick: "", faceUrl: "" });
      });
      expect(await store.read(APP).missingAccounts([...odd, "a", "a\u0000", "A"])).toEqual(["a", "a\u0000", "A"]);
    });

    it("removes an account once, and knows since when UserSigs of a user count", async () => {
      const { store } = await opened();
      await store.write(APP, (tx) => tx.putAccount({ userId: "leckie", nick: "", faceUrl: "" }));
      const reads = store.read(APP);
      expect(await reads.kickedAt("leckie")).toBe(0);
      await store.write(APP, (tx) => tx.setKickedAt("leckie", 1_700_000_000));
      await store.write(APP, (tx) => tx.putAccount({ userId: "leckie", nick: "L", faceUrl: "" }));
      expect(await reads.kickedAt("leckie"), "a new profile changes nothing").toBe(1_700_000_000);
      expect(await store.read(OTHER_APP).kickedAt("leckie")).toBe(0);
      expect(await store.write(OTHER_APP, (tx) => tx.removeAccount("leckie"))).toBe(false);
      expect(await store.write(APP, (tx) => tx.removeAccount("leckie"))).toBe(true);
      expect(await store.write(APP, (tx) => tx.removeAccount("leckie"))).toBe(false);
      expect(await reads.missingAccounts(["leckie"])).toEqual(["leckie"]);
      expect(await reads.kickedAt("leckie")).toBe(0);
    });

    it("knows of a kick from its commit on, whenever it was asked before, and of none that was undone", async () => {
      const { store } = await opened();
      await store.write(APP, (tx) => tx.putAccount({ userId: "leckie", nick: "", faceUrl: "" }));
      const reads = store.read(APP);
      for (let time = 1; time <= 20; time += 1) {
        const asked: Promise<number>[] = [];
        const kicked = store.write(APP, async (tx) => {
          await tx.setKickedAt("leckie", time);
          asked.push(reads.kickedAt("leckie"));
          expect(await tx.kickedAt("leckie")).toBe(time);
        });
        asked.push(reads.kickedAt("leckie"));
        await kicked;
        expect(await reads.kickedAt("leckie")).toBe(time);
        for (const meanwhile of await Promise.all(asked)) expect([time - 1, time]).toContain(meanwhile);
        const undone = store.write(APP, async (tx) => {
          await tx.setKickedAt("leckie", 1_000);
          throw new Error("no");
        });
        await expect(undone).rejects.toThrow("no");
      }
      expect(await reads.kickedAt("leckie")).toBe(20);
    });
  });
}
