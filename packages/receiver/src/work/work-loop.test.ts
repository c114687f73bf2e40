import { DatabaseSync } from "node:sqlite";

import fc from "fast-check";
import { expect, it } from "vitest";
import * as z from "zod/mini";

import { createSimulatedClock } from "../../../../test/harness/simulated-clock.ts";
import { sampleCallback } from "../inbox/inbox.contract.ts";
import { createSqliteInbox } from "../inbox/sqlite/sqlite-inbox.ts";
import type { SqliteConnection } from "../inbox/sqlite/sqlite-connection.ts";
import type { WorkStep } from "../inbox/work-inbox.ts";
import type { Gap } from "./observers.ts";
import { createWorkLoop } from "./work-loop.ts";
import { createWorkStep } from "./work-step.ts";

const ATTEMPTS = 3;
const GAP_WAIT = 5_000;
const GROUPS = ["a", "b", "c"];
const PER_GROUP = 8;

/** A callback, when it comes (never: it is lost on the way), and what its handler makes of it. */
const planned = fc.record({
  /** In ms after the start; one that comes twice comes twice. */
  arrivals: fc.array(fc.integer({ min: 0, max: 8_000 }), { maxLength: 2 }),
  /** So often its handler fails. */
  failures: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: ATTEMPTS })),
});
const plan = fc.record({
  groups: fc.array(fc.array(planned, { minLength: PER_GROUP, maxLength: PER_GROUP }), {
    minLength: GROUPS.length,
    maxLength: GROUPS.length,
  }),
  /** Which steps are broken off before they are committed, by their number; the process starts anew after some. */
  broken: fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 12 }),
  concurrency: fc.integer({ min: 1, max: 4 }),
});

const effectRow = z.object({ group_id: z.string(), number: z.number(), late: z.number() });

it("has each callback once in effect or dead, in order but for those told missing, whatever fails and is broken off", async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ groups, broken, concurrency }) => {
      const clock = createSimulatedClock();
      const db = new DatabaseSync(":memory:");
      db.exec("CREATE TABLE effects (id INTEGER PRIMARY KEY, group_id TEXT, number INTEGER, late INTEGER)");
      const inbox = createSqliteInbox(db);
      await inbox.open();
      const gaps: Gap[] = [];
      const dead = new Set<string>();
      const errors: unknown[] = [];
      let steps = 0;

      const step = createWorkStep<SqliteConnection>({
        async handle({ groupId = "", sequence = 0 }, late, attempt, tx) {
          tx.prepare("INSERT INTO effects (group_id, number, late) VALUES (?, ?, ?)").run(
            groupId,
            sequence,
            late ? 1 : 0,
          );
          await clock.sleep(10);
          const failures = groups[GROUPS.indexOf(groupId)]?.[sequence - 1]?.failures ?? 0;
          if (attempt <= failures) throw new Error("planned");
        },
        isOver: () => false,
        observers: {
          onGap: (gap) => gaps.push(gap),
          onDead: ({ callback }) => dead.add(`${callback.groupId} ${callback.sequence}`),
        },
        retries: { attempts: ATTEMPTS, firstDelay: 100, longestDelay: 1_000 },
        gapWait: GAP_WAIT,
        now: clock.now,
        random: () => 0.5,
      });
      const breakable: WorkStep<SqliteConnection> = async (work, runEffect) => {
        const settlement = await step(work, runEffect);
        steps += 1;
        if (broken.includes(steps)) throw new Error("broken off");
        return settlement;
      };
      const loop = createWorkLoop({
        inbox,
        step: breakable,
        concurrency,
        poll: 1_000,
        retention: 3_600_000,
        now: clock.now,
        after: clock.after,
        onError: (error) => errors.push(error),
      });

      const arrived = new Set<string>();
      groups.forEach((callbacks, g) => {
        callbacks.forEach(({ arrivals }, i) => {
          const [groupId, sequence] = [GROUPS[g], i + 1];
          for (const delay of arrivals) {
            clock.after(delay, () => {
              arrived.add(`${groupId} ${sequence}`);
              const dedupeKey = `id:${groupId}:${sequence}`;
              const callback = sampleCallback({ dedupeKey, groupId, sequence, receivedAt: clock.now() });
              void inbox.keep(callback).then(loop.wake);
            });
          }
        });
      });
      loop.start();
      await clock.run(60_000);
      await loop.stop();

      const effects = z.parse(z.array(effectRow), db.prepare("SELECT * FROM effects ORDER BY id").all());
      const done = effects.map(({ group_id, number }) => `${group_id} ${number}`);
      // Each that came is in effect or dead, and none twice.
      expect([...done, ...dead].toSorted()).toEqual([...arrived].toSorted());
      for (const [g, groupId] of GROUPS.entries()) {
        const ofGroup = effects.filter(({ group_id }) => group_id === groupId);
        const missing = new Set(gaps.filter((gap) => gap.groupId === groupId).flatMap(numbersOf));
        const inTurn = ofGroup.filter(({ late }) => late === 0).map(({ number }) => number);
        expect(inTurn).toEqual(inTurn.toSorted((x, y) => x - y));
        // Late is what was told missing. (It may have come in turn after a telling that was broken off.)
        const late = ofGroup.filter((effect) => effect.late === 1).map(({ number }) => number);
        const told = ofGroup.filter(({ number }) => missing.has(number)).map(({ number }) => number);
        expect(broken.length === 0 ? late : told.filter((number) => late.includes(number))).toEqual(
          broken.length === 0 ? told : late,
        );
        // What never came was told, if anything behind it came.
        const came = (groups[g] ?? []).map(({ arrivals }) => arrivals.length > 0);
        const lost = came.flatMap((has, i) => (!has && i < came.lastIndexOf(true) ? [i + 1] : []));
        expect(lost.filter((number) => !missing.has(number))).toEqual([]);
      }
      expect(new Set(errors.map(String))).toEqual(new Set(errors.length > 0 ? ["Error: broken off"] : []));
      expect(clock.next).toBeUndefined();
      db.close();
    }),
    { numRuns: 100 },
  );
});

it("gives up waiting as soon as the first of what waits has waited long enough, and not before", async () => {
  const clock = createSimulatedClock();
  const db = new DatabaseSync(":memory:");
  const inbox = createSqliteInbox(db);
  const handled: [number | undefined, number][] = [];
  const start = clock.now();
  const step = createWorkStep<SqliteConnection>({
    handle: ({ sequence }) => {
      handled.push([sequence, clock.now() - start]);
      return Promise.resolve();
    },
    isOver: () => false,
    observers: {},
    retries: { attempts: 1, firstDelay: 1, longestDelay: 1 },
    gapWait: GAP_WAIT,
    now: clock.now,
    random: () => 0.5,
  });
  const { now, after } = clock;
  const loop = createWorkLoop({
    inbox,
    step,
    concurrency: 1,
    poll: 60_000,
    retention: 3_600_000,
    now,
    after,
    onError: (error) => {
      throw error;
    },
  });
  loop.start();
  const keep = async (sequence: number) => {
    await inbox.keep(sampleCallback({ dedupeKey: String(sequence), sequence, receivedAt: clock.now() }));
    loop.wake();
  };
  await keep(5);
  await clock.run(2_000);
  await keep(3);
  await clock.run(20_000);
  expect(handled).toEqual([
    [3, GAP_WAIT],
    [5, GAP_WAIT],
  ]);
  await loop.stop();
  db.close();
});

function numbersOf({ missing: [from, to] }: Gap): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
