import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { nextTurn } from "../next-turn.ts";
import { StartError } from "../start-error.ts";
import { createGroupCommit, type CommitListener, type CommitWatch, type GroupCommit } from "./group-commit.ts";
import { openSqlite } from "./open.ts";

const schema = `
  CREATE TABLE thing (name TEXT PRIMARY KEY, part_of TEXT REFERENCES thing (name) DEFERRABLE INITIALLY DEFERRED);
  CREATE TABLE fragile (name TEXT PRIMARY KEY ON CONFLICT ROLLBACK);
`;

interface Opened {
  readonly db: DatabaseSync;
  readonly commits: GroupCommit;
  add(name: string): void;
  /** What is on disk. */
  names(): string[];
  /** Resolves with how many commits `act` caused. */
  commitsOf(act: () => Promise<unknown>): Promise<number>;
}

function open(listener?: CommitListener, watch?: CommitWatch): Opened {
  const file = openSqlite(join(temporaryFolder(), "c.db"), 1, [{ name: "things", sql: schema }]);
  onTestFinished(() => file.close());
  const insert = file.writer.prepare("INSERT INTO thing (name) VALUES (?)");
  const select = file.reader.prepare("SELECT name FROM thing ORDER BY rowid");
  // Grows with each commit of another connection.
  const version = file.reader.prepare("PRAGMA data_version");
  const versionNow = () => Number(Object.values(version.get() ?? {})[0]);
  return {
    db: file.writer,
    commits: createGroupCommit(file.writer, listener, watch),
    add: (name) => void insert.run(name),
    names: () => select.all().map(({ name }) => String(name)),
    async commitsOf(act) {
      const before = versionNow();
      await act();
      return versionNow() - before;
    },
  };
}

/** Remembers what it is told. */
function listening(): { listener: CommitListener; heard: string[] } {
  const heard: string[] = [];
  const hear = (what: string) => () => void heard.push(what);
  return {
    heard,
    listener: { done: hear("done"), undone: hear("undone"), committed: hear("committed"), lost: hear("lost") },
  };
}

describe("what is written together", () => {
  it("has its results in the order in which it was handed in, and is on disk by then", async () => {
    const { commits, add, names } = open();
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map(async (i) => {
        expect(
          await commits.write(() => {
            add(`thing ${i}`);
            return i * 10;
          }),
        ).toBe(i * 10);
        expect(names()).toHaveLength(3);
        order.push(i);
      }),
    );
    expect(order).toEqual([1, 2, 3]);
    expect(names()).toEqual(["thing 1", "thing 2", "thing 3"]);
  });

  it("shares a commit within a turn of the event loop, and has one of its own in the next", async () => {
    const { heard, listener } = listening();
    const { commits, add } = open(listener);
    await Promise.all(["a", "b", "c"].map((name) => commits.write(() => add(name))));
    expect(heard).toEqual(["done", "done", "done", "committed"]);
    await commits.write(() => add("d"));
    expect(heard.slice(4)).toEqual(["done", "committed"]);
  });

  it("is one commit to the database too", async () => {
    const { commits, add, commitsOf } = open();
    expect(await commitsOf(() => commits.write(() => add("alone")))).toBe(1);
    const many = Array.from({ length: 100 }, (_, i) => `thing ${i}`);
    expect(await commitsOf(() => Promise.all(many.map((name) => commits.write(() => add(name)))))).toBe(1);
  });

  it("is split where it is too much for one commit", async () => {
    const { heard, listener } = listening();
    const { commits, add, names } = open(listener);
    const many = Array.from({ length: 1_300 }, (_, i) => `thing ${i}`);
    await Promise.all(many.map((name) => commits.write(() => add(name))));
    expect(names()).toEqual(many);
    expect(heard.filter((what) => what === "committed")).toHaveLength(3);
  });

  it("takes along what is handed in while it runs", async () => {
    const { heard, listener } = listening();
    const { commits, add, names } = open(listener);
    let late: Promise<void> | undefined;
    await commits.write(async () => {
      add("early");
      late = commits.write(() => add("late"));
      await Promise.resolve();
    });
    await late;
    expect(names()).toEqual(["early", "late"]);
    expect(heard).toEqual(["done", "done", "committed"]);
  });

  it("does not mix: work that waits in between is still alone in the transaction", async () => {
    const { commits, add, names } = open();
    const trace: string[] = [];
    await Promise.all(
      ["a", "b"].map((name) =>
        commits.write(async () => {
          trace.push(`${name} begins`);
          await Promise.resolve();
          add(name);
          trace.push(`${name} ends`);
        }),
      ),
    );
    expect(trace).toEqual(["a begins", "a ends", "b begins", "b ends"]);
    expect(names()).toEqual(["a", "b"]);
  });
});

describe("work that fails", () => {
  it("is undone alone, while its neighbours stand", async () => {
    const { heard, listener } = listening();
    const { commits, add, names } = open(listener);
    const results = await Promise.allSettled([
      commits.write(() => add("before")),
      commits.write(() => {
        add("undone");
        throw new Error("no");
      }),
      commits.write(() => add("after")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: new Error("no") });
    expect(names()).toEqual(["before", "after"]);
    expect(heard).toEqual(["done", "undone", "done", "committed"]);
  });

  it("is told of what the database refuses", async () => {
    const { commits, add, names } = open();
    const [, second, third] = await Promise.allSettled(["a", "a", "b"].map((name) => commits.write(() => add(name))));
    expect(second).toMatchObject({ reason: { message: "UNIQUE constraint failed: thing.name" } });
    expect(third?.status).toBe("fulfilled");
    expect(names()).toEqual(["a", "b"]);
  });

  it("takes the whole batch with it where the database gives up the transaction, and nothing afterwards", async () => {
    const { heard, listener } = listening();
    const { db, commits, add, names } = open(listener);
    const fragile = db.prepare("INSERT INTO fragile VALUES ('x')");
    const results = await Promise.allSettled([
      commits.write(() => add("a")),
      commits.write(() => {
        fragile.run();
        fragile.run();
      }),
      commits.write(() => add("b")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
    expect(names()).toEqual(["b"]);
    expect(heard).toEqual(["done", "lost", "done", "committed"]);
  });
});

describe("a commit that fails", () => {
  it("is a failure of all that is in it, and leaves the database usable", async () => {
    const { heard, listener } = listening();
    const { db, commits, add, names } = open(listener);
    const orphan = db.prepare("INSERT INTO thing (name, part_of) VALUES ('leg', 'no chair')");
    const results = await Promise.allSettled([commits.write(() => add("a")), commits.write(() => orphan.run())]);
    for (const result of results) {
      expect(result).toMatchObject({ status: "rejected", reason: { message: "FOREIGN KEY constraint failed" } });
    }
    expect(heard).toEqual(["done", "done", "lost"]);
    expect(names()).toEqual([]);
    await commits.write(() => add("b"));
    expect(names()).toEqual(["b"]);
  });

  it("is a failure also where the transaction cannot begin", async () => {
    const { heard, listener } = listening();
    const { db, commits, add, names } = open(listener);
    db.exec("BEGIN");
    const results = await Promise.allSettled(["a", "b"].map((name) => commits.write(() => add(name))));
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(heard).toEqual(["lost"]);
    await commits.write(() => add("c"));
    expect(names()).toEqual(["c"]);
  });
});

describe("a turn that is lent", () => {
  it("is another connection's alone: what comes meanwhile is written behind it", async () => {
    const { db, commits, add, names } = open();
    const order: string[] = [];
    const written: Promise<void>[] = [];
    await commits.lend(async () => {
      const other = new DatabaseSync(db.location() ?? "", { timeout: 0 });
      other.exec("BEGIN IMMEDIATE; INSERT INTO thing (name) VALUES ('theirs')");
      written.push(commits.write(() => add("ours")).then(() => void order.push("ours")));
      // Time enough for a transaction that did not wait: it would find the file locked.
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      other.exec("COMMIT");
      other.close();
      order.push("theirs");
    });
    await Promise.all(written);
    expect(order).toEqual(["theirs", "ours"]);
    expect(names()).toEqual(["theirs", "ours"]);
  });

  it("comes behind what was handed in before, and is counted as a commit", async () => {
    const counted: number[] = [];
    const { commits, add, names } = open(undefined, { began: () => (works) => void counted.push(works) });
    const [, , seen] = await Promise.all([
      commits.write(() => add("a")),
      commits.write(() => add("b")),
      new Promise<string[]>((resolve) => void commits.lend(async () => resolve(names()))),
    ]);
    await commits.close();
    expect(seen).toEqual(["a", "b"]);
    expect(counted).toEqual([2, 1]);
  });

  it("is waited for where the store is closed, and says why the file refused what was written in it", async () => {
    const { commits } = open();
    const full = new StartError("STORE_UNUSABLE", "its disk is full");
    const refused = commits.lend(() => nextTurn().then(() => Promise.reject(full)));
    await Promise.all([expect(refused).rejects.toBe(full), commits.close()]);
    expect(() => commits.check()).toThrow(full);
    await expect(commits.lend(nextTurn)).rejects.toThrow("the store is closed");
  });
});

describe("closing", () => {
  it("waits for what was handed in, and refuses what comes after", async () => {
    const { commits, add, names } = open();
    const handedIn = commits.write(() => add("a"));
    const closed = commits.close();
    await expect(commits.write(() => add("b"))).rejects.toThrow("the store is closed");
    await closed;
    expect(names()).toEqual(["a"]);
    await handedIn;
  });

  it("can be asked for several times, and at rest", async () => {
    const { commits, add } = open();
    void commits.write(() => add("a"));
    await expect(Promise.all([commits.close(), commits.close()])).resolves.toHaveLength(2);
    await expect(commits.close()).resolves.toBeUndefined();
  });
});

it("keeps exactly what succeeded, whatever fails, waits and comes when", async () => {
  const work = fc.record({
    rows: fc.integer({ min: 0, max: 3 }),
    waits: fc.integer({ min: 0, max: 3 }),
    fails: fc.constantFrom<"no" | "throws" | "duplicate">("no", "no", "throws", "duplicate"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(work, { maxLength: 8 }), { maxLength: 6 }), async (turns) => {
      const { heard, listener } = listening();
      const { commits, add, names } = open(listener);
      const expected: string[] = [];
      const seen: string[] = [];
      const all: Promise<unknown>[] = [];
      for (const [t, turn] of turns.entries()) {
        for (const [w, { rows, waits, fails }] of turn.entries()) {
          const own = Array.from({ length: rows }, (_, i) => `${t}.${w}.${i}`);
          if (fails === "no") expected.push(...own);
          const written = commits.write(async () => {
            for (const name of own) add(name);
            for (let i = 0; i < waits; i += 1) await Promise.resolve();
            if (fails === "throws") throw new Error("no");
            if (fails === "duplicate") {
              add(`twice ${t}.${w}`);
              add(`twice ${t}.${w}`);
            }
            return `${t}.${w}`;
          });
          all.push(
            written.then(
              (result) => {
                expect(fails).toBe("no");
                seen.push(result);
              },
              () => expect(fails).not.toBe("no"),
            ),
          );
        }
        await new Promise(setImmediate);
      }
      await Promise.all(all);
      expect(names()).toEqual(expected);
      expect(seen, "results come in the order of the work").toEqual(seen.toSorted());
      expect(heard.filter((what) => what === "done")).toHaveLength(seen.length);
      expect(heard.filter((what) => what === "lost")).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

describe("a disk that is full", () => {
  it("takes nothing of what does not fit, is named, and takes all again once there is room", async () => {
    const { db, commits, add, names } = open();
    await commits.write(() => add("before"));
    // Files that may not grow: SQLite says the same of a disk without room.
    db.exec("PRAGMA max_page_count = 1");
    const isFull = { code: "STORE_UNUSABLE", message: expect.stringContaining("its disk is full; free or add space") };
    const large = "x".repeat(50_000);
    const both = [commits.write(() => add(large)), commits.write(() => add(`${large}y`))];
    for (const one of both) await expect(one).rejects.toMatchObject(isFull);
    expect(() => commits.check()).toThrow(expect.objectContaining(isFull));
    expect(names()).toEqual(["before"]);
    db.exec("PRAGMA max_page_count = 100000");
    await commits.write(() => add(large));
    expect(names()).toEqual(["before", large]);
  });
});
