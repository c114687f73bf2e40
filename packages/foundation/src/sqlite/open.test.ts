import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { StartError } from "../start-error.ts";
import { openSqlite, type Migration, type SqliteFile } from "./open.ts";

const APPLICATION_ID = 0x54455354;
const migrations: readonly Migration[] = [
  { name: "things", sql: "CREATE TABLE thing (name TEXT PRIMARY KEY) WITHOUT ROWID" },
  { name: "colours", sql: "ALTER TABLE thing ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'" },
];

function open(file: string, steps = migrations, id = APPLICATION_ID): SqliteFile {
  const opened = openSqlite(file, id, steps);
  onTestFinished(() => {
    if (opened.writer.isOpen) opened.close();
  });
  return opened;
}

function refusal(attempt: () => unknown): StartError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error("it was opened");
}

/** To the superuser every folder is writable. */
function asOrdinaryUser<T>(attempt: () => T): T {
  if (process.geteuid?.() !== 0) return attempt();
  const nobody = 65_534;
  process.seteuid?.(nobody);
  try {
    return attempt();
  } finally {
    process.seteuid?.(0);
  }
}

/** What a `PRAGMA` says. */
function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

describe("a database file", () => {
  it("is its owner's alone, and so are the files beside it", () => {
    const folder = temporaryFolder();
    const { writer } = open(join(folder, "new.db"));
    writer.exec("INSERT INTO thing (name) VALUES ('a')");
    const files = ["new.db", "new.db-shm", "new.db-wal", "new.db.lock"];
    expect(readdirSync(folder).toSorted()).toEqual(files);
    expect(files.map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual(files.map(() => 0o600));
  });

  it("is made where there is none, with the folders above it", () => {
    const file = join(temporaryFolder(), "a", "b", "c.db");
    const { writer } = open(file);
    writer.exec("INSERT INTO thing (name) VALUES ('chair')");
    expect(existsSync(file)).toBe(true);
    expect(writer.prepare("SELECT * FROM thing").all()).toEqual([{ name: "chair", colour: "grey" }]);
  });

  it("is found again as it was left", () => {
    const file = join(temporaryFolder(), "c.db");
    const first = open(file);
    first.writer.exec("INSERT INTO thing (name, colour) VALUES ('chair', 'red')");
    first.close();
    expect(open(file).reader.prepare("SELECT * FROM thing").all()).toEqual([{ name: "chair", colour: "red" }]);
  });

  it("has each commit on disk before it returns", () => {
    const { writer, reader } = open(join(temporaryFolder(), "c.db"));
    expect(pragma(writer, "journal_mode")).toBe("wal");
    expect(pragma(reader, "journal_mode")).toBe("wal");
    expect(pragma(writer, "synchronous"), "FULL").toBe(2);
    expect(pragma(writer, "foreign_keys")).toBe(1);
  });

  it("is read beside a transaction that is not through, as it was before", () => {
    const { writer, reader } = open(join(temporaryFolder(), "c.db"));
    const count = reader.prepare("SELECT count(*) AS n FROM thing");
    writer.exec("BEGIN IMMEDIATE; INSERT INTO thing (name) VALUES ('chair')");
    expect(count.get()).toEqual({ n: 0 });
    writer.exec("COMMIT");
    expect(count.get()).toEqual({ n: 1 });
  });

  it("cannot be written through the reader", () => {
    const { reader } = open(join(temporaryFolder(), "c.db"));
    expect(() => reader.exec("INSERT INTO thing (name) VALUES ('chair')")).toThrow("readonly");
  });

  it("takes the steps that are new to it, and no other", () => {
    const file = join(temporaryFolder(), "c.db");
    const old = open(file, migrations.slice(0, 1));
    old.writer.exec("INSERT INTO thing (name) VALUES ('chair')");
    old.close();
    const { writer } = open(file);
    expect(writer.prepare("SELECT * FROM thing").all()).toEqual([{ name: "chair", colour: "grey" }]);
    expect(pragma(writer, "user_version")).toBe(2);
  });

  it("stays as it was when a step fails", () => {
    const file = join(temporaryFolder(), "c.db");
    open(file).close();
    const broken = [
      ...migrations,
      { name: "sizes", sql: "ALTER TABLE thing ADD COLUMN size TEXT" },
      { name: "broken", sql: "ALTER TABLE nowhere ADD COLUMN size TEXT" },
    ];
    expect(refusal(() => open(file, broken)).message).toContain("no such table: nowhere");
    const { writer } = open(file);
    expect(pragma(writer, "user_version")).toBe(2);
    expect(pragma(writer, "table_info(thing)")).toBeDefined();
    expect(writer.prepare("SELECT * FROM pragma_table_info('thing')").all()).toHaveLength(2);
  });
});

describe("a database file that another has open", () => {
  it("is refused to a second opening, until the first is closed", () => {
    const file = join(temporaryFolder(), "c.db");
    const first = open(file);
    const { code, message } = refusal(() => open(file));
    expect(code).toBe("STORE_UNUSABLE");
    expect(message).toBe(`The store ${file} cannot be used: another process has it open; stop that process first.`);
    first.writer.exec("INSERT INTO thing (name) VALUES ('chair')");
    first.close();
    open(file);
  });

  it("is refused while another process has it, and free once that process is gone, however it went", async () => {
    const file = join(temporaryFolder(), "c.db");
    const script = `
      const { openSqlite } = await import(${JSON.stringify(join(import.meta.dirname, "open.ts"))});
      const { writer } = openSqlite(${JSON.stringify(file)}, ${APPLICATION_ID}, ${JSON.stringify(migrations)});
      writer.exec("INSERT INTO thing (name) VALUES ('chair')");
      // A lock that hung on an object that nobody refers to would be gone after this.
      gc();
      process.stdout.write("open");
      setInterval(() => undefined, 1000);
    `;
    const child = spawn(process.execPath, ["--expose-gc", "--input-type=module", "--eval", script]);
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    expect(refusal(() => open(file)).message).toContain("another process has it open");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(open(file).reader.prepare("SELECT name FROM thing").all()).toEqual([{ name: "chair" }]);
  });

  it("may be read with SQL by whoever likes", () => {
    const file = join(temporaryFolder(), "c.db");
    const { writer } = open(file);
    const other = new DatabaseSync(file, { readOnly: true });
    onTestFinished(() => other.close());
    writer.exec("INSERT INTO thing (name) VALUES ('chair')");
    expect(other.prepare("SELECT count(*) AS n FROM thing").get()).toEqual({ n: 1 });
  });
});

describe("what cannot be a store", () => {
  it("is another program's data, which is left untouched", () => {
    const file = join(temporaryFolder(), "c.db");
    const other = new DatabaseSync(file);
    other.exec("PRAGMA application_id = 1; CREATE TABLE theirs (x)");
    other.close();
    const before = readFileSync(file);
    const { code, message } = refusal(() => open(file));
    expect(code).toBe("STORE_UNUSABLE");
    expect(message).toContain("it holds another program's data; set another path in the configuration's store.");
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it("is the data of a program without an id", () => {
    const file = join(temporaryFolder(), "c.db");
    const other = new DatabaseSync(file);
    other.exec("CREATE TABLE theirs (x)");
    other.close();
    expect(refusal(() => open(file)).message).toContain("another program's data");
  });

  it("is what a newer version has written", () => {
    const file = join(temporaryFolder(), "c.db");
    open(file).close();
    const before = readFileSync(file);
    expect(refusal(() => open(file, migrations.slice(0, 1))).message).toContain(
      "it was written by a newer version (schema 2, this one knows 1)",
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it("is a file that holds something else", () => {
    const file = join(temporaryFolder(), "c.db");
    writeFileSync(file, "not a database ".repeat(100));
    expect(refusal(() => open(file)).message).toContain("file is not a database");
    expect(readFileSync(file, "utf8")).toBe("not a database ".repeat(100));
  });

  it("is a folder", () => {
    const folder = join(temporaryFolder(), "c.db");
    mkdirSync(folder);
    expect(refusal(() => open(folder)).code).toBe("STORE_UNUSABLE");
  });

  it("is a path below a regular file", () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const { code, message } = refusal(() => open(join(file, "folder", "c.db")));
    expect(code).toBe("STORE_UNUSABLE");
    expect(message).toContain("ENOTDIR");
  });

  it.runIf(existsSync("/proc/self"))("is a path where the file system takes no folders", () => {
    expect(refusal(() => open("/proc/muster/c.db")).code).toBe("STORE_UNUSABLE");
  });

  it.runIf(existsSync("/proc/self"))("is a folder where the file system takes no files", () => {
    expect(refusal(() => open("/proc/c.db")).code).toBe("STORE_UNUSABLE");
  });

  it("is a folder that may not be written", () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o500);
    expect(asOrdinaryUser(() => refusal(() => open(join(folder, "c.db")))).code).toBe("STORE_UNUSABLE");
  });
});
