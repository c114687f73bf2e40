import { join } from "node:path";

import { expect, it } from "vitest";

import { postgresOfFile } from "../harness/postgres-of-file.ts";
import { startProgram } from "../harness/program.ts";
import { startTestRecorder, type RecorderUnderTest } from "../harness/recorder.ts";
import { startTcpProxy, through } from "../harness/tcp-proxy.ts";

const postgres = await postgresOfFile();

const TABLES = ["events", "groups", "members", "topics", "custom_fields", "attributes", "gaps"];
const members = (...ids: readonly string[]) => ids.map((id) => ({ Member_Account: id }));

type Fields = Readonly<Record<string, unknown>>;

/** Callbacks of a group's life, some of them missing, late, repeated and broken. */
const LIFE: readonly (readonly [command: string, fields: Fields, sequence: number | undefined])[] = [
  ["AfterCreateGroup", { Owner_Account: "leckie", Name: "Chess \u0000 ♞", MemberList: members("bob", "peter") }, 1],
  ["AfterNewMemberJoin", { JoinType: "Apply", NewMemberList: members("carol\u001A") }, 2],
  ["AfterMemberFieldChanged", { Member_Account: "bob", NameCard: "the card" }, 5],
  ["AfterMemberExit", { ExitType: "Quit", ExitMemberList: members("peter") }, 3],
  ["AfterGroupInfoChanged", { Name: "Renamed", UserDefinedDataList: [{ Key: "k", Value: "1" }] }, 8],
  ["AfterGroupAttrChanged", { OptionType: "set", GroupAttr: [{ key: "a", value: "b" }] }, 9],
  ["AfterCreateTopic", { Owner_Account: "leckie", TopicId: "t1", Name: "a topic" }, 10],
  ["AfterCreateTopic", { Owner_Account: "leckie", TopicId: "t2", Name: "another" }, 11],
  ["AfterTopicDestroyed", { TopicIdList: ["t1"] }, 12],
  ["AfterTopicDestroyed", { TopicIdList: ["t1"] }, 12],
  ["AfterGroupInfoChanged", { Name: 7 }, undefined],
  ["AfterGroupDestroyed", { Owner_Account: "leckie", MemberList: members("leckie", "bob") }, 14],
];

async function post(recorder: RecorderUnderTest, groupId: string, i: number): Promise<void> {
  const [name, fields, sequence] = LIFE[i] ?? ["", {}, undefined];
  const body = {
    CallbackCommand: `Group.Callback${name}`,
    GroupId: groupId,
    Type: groupId === "go" ? "Public" : "Community",
    Operator_Account: "leckie",
    ...fields,
  };
  const id = `${groupId} ${sequence ?? `without ${i}`}`;
  const headers = sequence === undefined ? {} : { "webhook-id": id, "muster-sequence": String(sequence) };
  expect((await recorder.post({ body: { ...body, EventTime: 1_700_000_000_000 + i }, headers })).status).toBe(200);
}

/** All that a recorder can export, but for the times at which it heard of it. */
async function exported(recorder: RecorderUnderTest): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const tables = TABLES.map(async (table) => {
    const { text, status } = await recorder.request(`/v1/export?what=${table}`);
    expect(status, text).toBe(200);
    const rows = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return [table, rows.map(({ receivedAt: _r, lastArrivedAt: _l, last_received_at: _h, ...row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
}

it("is in every table what a recorder on SQLite is", { timeout: 180_000 }, async () => {
  const store = await postgres.createDatabase("alike");
  const [here, there] = await Promise.all([
    startTestRecorder({ section: { store, mirror: true } }),
    startTestRecorder({ section: { mirror: true } }),
  ]);
  for (const recorder of [here, there]) {
    for (let i = 0; i < LIFE.length; i += 1) {
      for (const group of ["chess", "go"]) if (group === "go" || i < LIFE.length - 1) await post(recorder, group, i);
    }
  }
  const expected = await exported(there);
  expect(Object.entries(expected).filter(([, rows]) => rows.length === 0)).toEqual([]);
  expect(expected["members"]?.length).toBeGreaterThan(3);
  expect(await exported(here)).toEqual(expected);
  await here.stop();
  const again = await startTestRecorder({ section: { store, mirror: true } });
  expect(await exported(again)).toEqual(expected);
});

it("moves from SQLite by a command that is killed, and tells what it told before", { timeout: 180_000 }, async () => {
  const store = await postgres.createDatabase("moved");
  const before = await startTestRecorder({ section: { mirror: true } });
  for (const group of ["chess", "go"]) for (let i = 0; i < LIFE.length; i += 1) await post(before, group, i);
  const expected = await exported(before);
  await before.stop();
  const migrate = ["migrate-store", "--from", `sqlite:${join(before.folder, "recorder.db")}`, "--to"];
  // Its way to the database leads through this process, so that it gets no further while this one is held up.
  const proxy = await startTcpProxy(Number(new URL(store).port));
  const killed = startProgram([...migrate, through(proxy, store), "--json"]);
  await killed.line(({ event, table }) => event === "copying" && table === "events");
  expect(await killed.kill("SIGKILL")).toBeNull();
  const again = startProgram([...migrate, store]);
  expect(await again.ended(), again.errors()).toBe(0);
  const last: unknown = JSON.parse(again.lines.at(-1) ?? "");
  expect(last).toMatchObject({ program: "recorder" });
  const after = await startTestRecorder({ section: { store, mirror: true } });
  expect(await exported(after)).toEqual(expected);
});

it("brings events to sinks and mirror at one node, and at another when that ends", { timeout: 180_000 }, async () => {
  const store = await postgres.createDatabase("nodes");
  const taken: [node: string, position: number][] = [];
  const node = (name: string) => {
    const take = async (events: readonly { readonly position: number }[]): Promise<void> => {
      for (const { position } of events) taken.push([name, position]);
    };
    const sink = { concurrency: 1, batchSize: 3, deliver: take, close: async () => undefined };
    return startTestRecorder({ section: { store, mirror: true }, sinks: [{ name: "own", sink }] });
  };
  const first = await node("first");
  const second = await node("second");
  const sinksOf = async (recorder: RecorderUnderTest) =>
    await recorder.get<{ sinks: { name: string }[]; absent: unknown[] }>("/v1/sinks");
  expect((await sinksOf(first)).sinks).toMatchObject([{ name: "own" }]);
  expect(await sinksOf(second)).toEqual({ sinks: [], absent: [] });

  const GROUPS = Array.from({ length: 10 }, (_, i) => `group-${i}`);
  await Promise.all(GROUPS.map((group, i) => post(i % 2 === 0 ? first : second, group, 0)));
  // Whichever node is asked, the tables tell of all that any has taken.
  for (const recorder of [first, second]) {
    expect(await exported(recorder)).toMatchObject({ groups: GROUPS.map((group_id) => ({ group_id })) });
  }
  await expect.poll(() => taken.length).toBe(GROUPS.length);
  await first.stop();
  await Promise.all(GROUPS.map((group) => post(second, group, 1)));
  await expect.poll(() => taken.length).toBe(2 * GROUPS.length);
  expect((await sinksOf(second)).sinks).toMatchObject([{ name: "own" }]);
  expect(taken.map(([, position]) => position)).toEqual(Array.from({ length: 2 * GROUPS.length }, (_, i) => i + 1));
  expect(taken.map(([name]) => name)).toEqual([...GROUPS.map(() => "first"), ...GROUPS.map(() => "second")]);
  const { mirror } = await second.get<{ mirror: { behind: { events: number } } }>("/v1/status");
  expect(mirror.behind.events).toBeLessThanOrEqual(GROUPS.length);
});
