import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { inboxContract, sampleCallback, type InboxUnderTest } from "./inbox.contract.ts";
import type { ReceivedCallback } from "./inbox.ts";
import { newLane, type LaneWork, type Settlement, type WorkInbox, type WorkState } from "./work-inbox.ts";

/** A working inbox under test, and a table that handlers write to. */
export interface WorkInboxUnderTest<Tx> extends InboxUnderTest {
  readonly inbox: WorkInbox<Tx>;
  stateOf(dedupeKey: string): Promise<WorkState | undefined> | WorkState | undefined;
  /** Writes a text with the transaction; `undefined` where there is none. */
  readonly write: ((tx: Tx, text: string) => Promise<void>) | undefined;
  /** What was written and committed, in order. */
  written(): readonly string[] | Promise<readonly string[]>;
}

/** The suite that every inbox passes that gives callbacks to handlers. */
export function workInboxContract<Tx>(
  name: string,
  open: () => WorkInboxUnderTest<Tx> | Promise<WorkInboxUnderTest<Tx>>,
): void {
  inboxContract(name, open);

  describe(`${name}, as an inbox that works`, () => {
    let subject: WorkInboxUnderTest<Tx>;
    beforeEach(async () => {
      subject = await open();
      await subject.inbox.open();
    });
    afterEach(() => subject.close());

    const keep = (key: string, over: Partial<ReceivedCallback> = {}) =>
      subject.inbox.keep(sampleCallback({ dedupeKey: key, ...over }));

    const settled = ({ lane, failures }: LaneWork, over: Partial<Settlement> = {}): Settlement => ({
      lane,
      state: "done",
      failures,
      ...over,
    });

    /** Settles every callback that is due as done, and tells their keys in that order. */
    async function workOff(now = 0): Promise<string[]> {
      const keys: string[] = [];
      while (
        await subject.inbox.work(now, (work) => {
          keys.push(work.callback.dedupeKey);
          return Promise.resolve(settled(work));
        })
      );
      return keys;
    }

    it("has nothing to do where nothing was kept", async () => {
      expect(await workOff()).toEqual([]);
      expect(await subject.inbox.nextDue(0)).toBeUndefined();
    });

    it("hands out what was kept as it was, and once", async () => {
      const callback = sampleCallback();
      await subject.inbox.keep(callback);
      const seen: LaneWork[] = [];
      await subject.inbox.work(0, (work) => {
        seen.push(work);
        return Promise.resolve(settled(work));
      });
      expect(seen).toEqual([{ lane: newLane, callback, failures: 0, waitingSince: callback.receivedAt }]);
      expect(await subject.stateOf(callback.dedupeKey)).toBe("done");
      expect(await subject.inbox.keep(callback)).toBe("duplicate");
      expect(await workOff()).toEqual([]);
    });

    it("hands out a lane's callbacks by number, and those without one behind, by time", async () => {
      await keep("c", { sequence: undefined, eventTime: 2 });
      await keep("b", { sequence: 10 });
      await keep("d", { sequence: undefined, eventTime: undefined, receivedAt: 3 });
      await keep("a", { sequence: 9 });
      await keep("e", { sequence: undefined, eventTime: 4 });
      expect(await workOff()).toEqual(["a", "b", "c", "d", "e"]);
    });

    it("hands out lanes beside one another: those of groups, of apps, and of what tells of no group", async () => {
      const over = [{ groupId: "g" }, { groupId: "h" }, { groupId: "g", sdkAppId: 2 }, { groupId: undefined }];
      for (const [i, each] of over.entries()) await keep(String(i), each);
      await subject.inbox.work(0, (work) => Promise.resolve(settled(work, { lane: { ...work.lane, dueAt: 10 } })));
      expect(await workOff()).toEqual(["1", "2", "3"]);
    });

    it("keeps how far a lane is", async () => {
      await keep("a");
      const lane = { sequence: 4, disbandedAt: 1_700_000_000_000, dueAt: 0, listening: false };
      await subject.inbox.work(0, (work) => Promise.resolve(settled(work, { lane })));
      await keep("b");
      await subject.inbox.work(0, (work) => {
        expect(work.lane).toEqual(lane);
        return Promise.resolve(settled(work));
      });
      expect(await subject.stateOf("b")).toBe("done");
    });

    it("puts off a lane and counts its failures", async () => {
      await keep("a");
      await subject.inbox.work(5, (work) =>
        Promise.resolve(settled(work, { state: "waiting", failures: 3, lane: { ...work.lane, dueAt: 20 } })),
      );
      // Another one does not wake a lane that waits for a retry.
      await keep("b", { sequence: 2 });
      expect(await workOff(19)).toEqual([]);
      expect(await subject.inbox.nextDue(5)).toBe(20);
      expect(await subject.inbox.nextDue(20)).toBeUndefined();
      await subject.inbox.work(20, (work) => {
        expect(work.failures).toBe(3);
        return Promise.resolve(settled(work));
      });
      expect(await subject.stateOf("a")).toBe("done");
    });

    it("looks at once at a lane that listens when something comes", async () => {
      await keep("b", { sequence: 2 });
      await subject.inbox.work(0, (work) =>
        Promise.resolve(settled(work, { state: "waiting", lane: { ...work.lane, dueAt: 100, listening: true } })),
      );
      expect(await workOff(1)).toEqual([]);
      await keep("a", { sequence: 1 });
      expect(await workOff(1)).toEqual(["a", "b"]);
    });

    it("knows since when a lane has waited", async () => {
      await keep("a", { sequence: 2, receivedAt: 500 });
      await keep("b", { sequence: 1, receivedAt: 700 });
      await subject.inbox.work(0, (work) => {
        expect(work).toMatchObject({ callback: { dedupeKey: "b" }, waitingSince: 500 });
        return Promise.resolve(settled(work));
      });
      expect(await subject.stateOf("b")).toBe("done");
    });

    it("leaves everything as it was when a step fails", async () => {
      await keep("a");
      const failing = subject.inbox.work(0, async ({ callback }, runEffect) => {
        await runEffect(async (tx) => subject.write?.(tx, callback.dedupeKey));
        throw new Error("no");
      });
      await expect(failing).rejects.toThrow("no");
      expect(await subject.written()).toEqual([]);
      expect(await workOff()).toEqual(["a"]);
    });

    it("undoes what a failed effect wrote, and settles all the same", async () => {
      await keep("a");
      await subject.inbox.work(0, async (work, runEffect) => {
        const effect = runEffect(async (tx) => {
          await subject.write?.(tx, "half");
          throw new Error("no");
        });
        await expect(effect).rejects.toThrow("no");
        return settled(work, { state: "dead", failures: 1 });
      });
      expect(await subject.written()).toEqual([]);
      expect(await subject.stateOf("a")).toBe("dead");
    });

    it("commits effects with the mark that they are done, each once", async () => {
      const { write } = subject;
      if (!write) return;
      const keys = Array.from({ length: 60 }, (_, i) => `key-${i}`);
      await Promise.all(keys.map((key, i) => keep(key, { groupId: `g${i % 6}`, sequence: 1 + Math.floor(i / 6) })));
      const worker = async () => {
        while (
          await subject.inbox.work(0, async (work, runEffect) => {
            await runEffect((tx) => write(tx, work.callback.dedupeKey));
            return settled(work);
          })
        );
      };
      // Several at once; one that finds all lanes taken is gone before the others are through.
      await Promise.all([worker(), worker(), worker(), worker()]);
      await worker();
      const written = await subject.written();
      expect(written.toSorted()).toEqual(keys.toSorted());
      for (let lane = 0; lane < 6; lane += 1) {
        expect(written.filter((key) => Number(key.slice(4)) % 6 === lane)).toEqual(
          keys.filter((_key, i) => i % 6 === lane),
        );
      }
    });

    it("refuses a transaction that is over", async () => {
      const { write } = subject;
      if (!write) return;
      await keep("a");
      let kept: Tx | undefined;
      await subject.inbox.work(0, async (work, runEffect) => {
        await runEffect((tx) => {
          kept = tx;
          return Promise.resolve();
        });
        return settled(work);
      });
      const late = async () => {
        if (kept !== undefined) await write(kept, "late");
      };
      await expect(late()).rejects.toThrow("over");
      expect(await subject.written()).toEqual([]);
    });

    it("takes callbacks while a handler is under way", async () => {
      await keep("a", { sequence: 1 });
      const kept: Promise<string>[] = [];
      await subject.inbox.work(0, (work) => {
        kept.push(keep("b", { sequence: 2 }), keep("a"), keep("c", { groupId: "h" }));
        return Promise.resolve(settled(work));
      });
      expect(await Promise.all(kept)).toEqual(["new", "duplicate", "new"]);
      expect(await workOff()).toEqual(["b", "c"]);
    });

    it("forgets what is old and waits no more, and no dead letters", async () => {
      for (const [i, key] of ["done", "dead", "waiting", "new"].entries()) {
        await keep(key, { groupId: key, receivedAt: key === "new" ? 2_000 : 1_000, sequence: i + 1 });
      }
      for (let i = 0; i < 4; i += 1) {
        await subject.inbox.work(0, (work) => {
          const { dedupeKey } = work.callback;
          const state = dedupeKey === "dead" || dedupeKey === "waiting" ? dedupeKey : "done";
          return Promise.resolve(settled(work, { state, lane: { ...work.lane, dueAt: 10 } }));
        });
      }
      await subject.inbox.forget(2_000);
      const left = await Promise.all(["done", "dead", "waiting", "new"].map(async (key) => await subject.stateOf(key)));
      expect(left).toEqual([undefined, "dead", "waiting", "done"]);
    });

    /** Settles the callbacks that are due as dead letters. */
    async function kill(error?: string, now = 0): Promise<void> {
      while (
        await subject.inbox.work(now, (work) => {
          return Promise.resolve(settled(work, { state: "dead", failures: 12, error }));
        })
      );
    }

    it("tells of dead letters in the order in which they came, by pages", async () => {
      const callbacks = ["a", "b", "c", "d"].map((dedupeKey) => sampleCallback({ dedupeKey, groupId: dedupeKey }));
      for (const callback of callbacks) await subject.inbox.keep(callback);
      await subject.inbox.work(0, (work) => Promise.resolve(settled(work)));
      const error = "Error: a\u0000b 群组 👪 \ud83d";
      await kill(error);
      const first = await subject.inbox.deadLetters(0, 2);
      const rest = await subject.inbox.deadLetters(first.at(-1)?.position ?? 0, 2);
      const dead = callbacks.slice(1).map((callback) => ({ callback, error, attempts: 12 }));
      expect([first, rest]).toMatchObject([dead.slice(0, 2), dead.slice(2)]);
      expect(await subject.inbox.deadLetters(rest.at(-1)?.position ?? 0, 2)).toEqual([]);
    });

    it("hands a dead letter out again as one that has not failed, before what waits in its lane", async () => {
      await keep("a", { sequence: 1 });
      await keep("other", { groupId: "h" });
      await kill();
      await keep("b", { sequence: 2 });
      expect(await subject.inbox.retry("a")).toBe(true);
      expect(await subject.inbox.deadLetters(0, 9)).toMatchObject([
        { callback: { dedupeKey: "other" }, error: undefined },
      ]);
      await subject.inbox.work(0, (work) => {
        expect(work).toMatchObject({ callback: { dedupeKey: "a" }, failures: 0 });
        return Promise.resolve(settled(work));
      });
      expect(await workOff()).toEqual(["b"]);
      expect(await subject.inbox.keep(sampleCallback({ dedupeKey: "a" }))).toBe("duplicate");
    });

    it("lets nothing wait again that is no dead letter", async () => {
      await keep("done");
      await workOff();
      expect([await subject.inbox.retry("done"), await subject.inbox.retry("unknown")]).toEqual([false, false]);
      expect(await subject.inbox.retryAll()).toBe(0);
      expect(await workOff()).toEqual([]);
    });

    it("hands all dead letters out again, each lane's in their order", async () => {
      for (const [key, sequence] of [
        ["c", 3],
        ["a", 1],
        ["b", 2],
      ] as const)
        await keep(key, { sequence });
      await keep("other", { groupId: "h" });
      await kill("no");
      expect(await subject.inbox.retryAll()).toBe(4);
      expect((await workOff()).filter((key) => key !== "other")).toEqual(["a", "b", "c"]);
      expect(await subject.inbox.deadLetters(0, 9)).toEqual([]);
    });

    it.each(["retry", "retryAll"] as const)("looks at once at a lane that listens, at a %s", async (method) => {
      const listenUntil = (dueAt: number) =>
        subject.inbox.work(dueAt - 100, (work) =>
          Promise.resolve(settled(work, { state: "waiting", lane: { ...work.lane, dueAt, listening: true } })),
        );
      // It has been looked at while its lane listened, before it died.
      await keep("a", { sequence: 2 });
      await listenUntil(100);
      await kill("no", 100);
      await keep("c", { sequence: 4 });
      await listenUntil(200);
      expect(await workOff(101)).toEqual([]);
      await subject.inbox[method]("a");
      expect(await workOff(101)).toEqual(["a", "c"]);
    });

    it("leaves a lane alone that waits for a retry of another, at a retry", async () => {
      await keep("a", { sequence: 1 });
      await kill();
      await keep("b", { sequence: 2 });
      await subject.inbox.work(0, (work) =>
        Promise.resolve(settled(work, { state: "waiting", failures: 1, lane: { ...work.lane, dueAt: 100 } })),
      );
      await subject.inbox.retry("a");
      expect(await workOff(99)).toEqual([]);
      expect(await workOff(100)).toEqual(["a", "b"]);
    });
  });
}
