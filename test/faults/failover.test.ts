import { ErrorCode } from "@muster/protocol";
import { expect, it, onTestFinished, vi } from "vitest";

import { SHARDS } from "../../packages/server/src/store/postgres/shards.ts";
import { startAdminServer } from "../harness/admin.ts";
import { OK, startEndpoint, type Arrival } from "../harness/endpoint.ts";
import { startPostgres } from "../harness/postgres.ts";
import { startTestRecorder, type EventList, type RecorderUnderTest } from "../harness/recorder.ts";
import { startReplica } from "../harness/replica.ts";
import { metricReaches, restApi, type RestCall } from "../harness/rest.ts";
import { startTcpProxy, through } from "../harness/tcp-proxy.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };
const GROUPS = 12;
const WAIT = { timeout: 60_000, interval: 20 };
/** A command is answered within so many ms, whatever the database does: 5 s for a connection, 10 s for all it asks, and what a busy machine adds. */
const DEADLINE = 40_000;

const portOf = (url: string): number => Number(new URL(url).port);
const groupOf = ({ body }: Arrival): string => String(body["GroupId"]);
const sequenceOf = ({ headers }: Arrival): number => Number(headers["muster-sequence"]);

/** A group whose name changes again and again. */
interface LivingGroup {
  readonly id: string;
  /** The names that were acknowledged, in their order. */
  readonly names: string[];
  /** What the others were answered. */
  readonly refusals: string[];
}

it("loses nothing that it has acknowledged when its database fails over", { timeout: 480_000 }, async () => {
  const primary = await startPostgres();
  onTestFinished(() => primary.stop());
  const journal = await primary.createDatabase("journal");
  const standby = await startReplica(primary);
  onTestFinished(() => standby.remove());
  // From here on a commit is answered when the standby has it as well.
  await primary.run(primary.url, "ALTER SYSTEM SET synchronous_standby_names = '*'");
  await primary.run(primary.url, "SELECT pg_reload_conf()");
  const isSynchronous = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'";
  await vi.waitUntil(async () => (await primary.rows(primary.url, isSynchronous)).length > 0, WAIT);

  const endpoint = await startEndpoint("/callback", () => OK);
  const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupInfoChanged"];
  const callback = { url: endpoint.url, allowPrivateNetwork: true, switches };
  const apps = [{ sdkAppId: app.sdkAppId, secretKey: app.secretKey, callback }];
  const proxy = await startTcpProxy(portOf(primary.url));
  const server = { store: through(proxy, primary.url) };
  const [one, other] = [await startAdminServer({ apps, server }), await startAdminServer({ apps, server })];
  const recorder = await startTestRecorder({ section: { store: through(proxy, journal) } });
  const [rest, otherRest] = [await restApi(one.url, app), await restApi(other.url, app)];
  const lead = (url: string): void => {
    proxy.lead(portOf(url));
    proxy.reset();
  };

  let isOver = false;
  async function live(call: RestCall, { id, names, refusals }: LivingGroup): Promise<void> {
    for (let i = 0; !isOver; i += 1) {
      const Name = `${id} ${i};`;
      const began = performance.now();
      const answer = await call("group_open_http_svc/modify_group_base_info", { GroupId: id, Name });
      expect(performance.now() - began, `the answer for ${Name}`).toBeLessThan(DEADLINE);
      if (answer.ErrorCode === 0) names.push(Name);
      else refusals.push(`${answer.ErrorCode} ${answer.ErrorInfo}`);
    }
  }
  const groups: LivingGroup[] = Array.from({ length: GROUPS }, (_, i) => ({
    id: `group-${i}`,
    names: [],
    refusals: [],
  }));
  const living = groups.map(async (group, i) => {
    const call = i % 2 === 0 ? rest : otherRest;
    const made = await call("group_open_http_svc/create_group", { GroupId: group.id, Type: "Public", Name: "n" });
    expect(made).toMatchObject({ ErrorCode: 0 });
    await live(call, group);
  });
  /** The ids of callbacks that the recorder has acknowledged, and what it has answered otherwise. */
  const kept: { readonly ids: string[]; readonly refusals: Set<number> } = { ids: [], refusals: new Set() };
  const keeping = (async () => {
    for (let i = 1; !isOver; i += 1) {
      const id = `kept-${i}`;
      const body = { CallbackCommand: "Group.CallbackAfterCreateGroup", GroupId: id };
      const { status } = await recorder.post({ body, headers: { "webhook-id": id } });
      if (status === 200) kept.ids.push(id);
      else kept.refusals.add(status);
    }
  })();
  const goOn = async (): Promise<void> => {
    const before = [...groups.map(({ names }) => names.length), kept.ids.length];
    const counts = (): number[] => [...groups.map(({ names }) => names.length), kept.ids.length];
    await vi.waitUntil(() => counts().every((count, i) => count >= (before[i] ?? 0) + 5), WAIT);
  };
  await goOn();

  await primary.crash();
  for (const node of [one, other, recorder]) {
    const why = expect.stringMatching(/the connection was cut|there was no answer/);
    await expect.poll(() => readiness(node), WAIT).toEqual({ status: 503, why });
  }
  await vi.waitUntil(() => kept.refusals.size > 0, WAIT);
  await standby.promote();
  lead(standby.at(primary.url));
  await goOn();
  isOver = true;
  await Promise.all([...living, keeping]);
  for (const node of [one, other, recorder])
    await expect.poll(() => readiness(node), WAIT).toMatchObject({ status: 200 });
  const internal = new Set(groups.flatMap(({ refusals }) => refusals).map((text) => Number.parseInt(text, 10)));
  expect(internal).toEqual(new Set([ErrorCode.Internal]));

  const books = (state: string): string => `muster_callbacks{sdk_app_id="${app.sdkAppId}",state="${state}"}`;
  await metricReaches(one.url, books("pending"), 0);
  allIsTold(groups, endpoint.arrivals);
  expect(kept.refusals).toEqual(new Set([503]));
  const events = await journalOf(recorder);
  expect(events.map(({ position }) => Number(position))).toEqual(Array.from(events, (_, i) => i + 1));
  const known = new Set(events.map(({ id }) => id));
  expect(known.size).toBe(events.length);
  expect(kept.ids.filter((id) => !known.has(id))).toEqual([]);
  const owned = `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE datname = current_database() AND locktype = 'advisory' AND mode = 'ExclusiveLock' AND objsubid = 2`;
  expect(await primary.rows(standby.at(primary.url), owned)).toHaveLength(SHARDS);

  // The old primary comes back, and is taken for the new one: with nobody who has it as well it acknowledges nothing, so no
  // node comes to own anything there, either.
  await primary.restart();
  lead(primary.url);
  const stray = { GroupId: "group-0", Name: "stray;" };
  expect(await rest("group_open_http_svc/modify_group_base_info", stray)).toMatchObject({
    ErrorCode: ErrorCode.Internal,
  });
  lead(standby.at(primary.url));
  await vi.waitUntil(async () => {
    const answer = await rest("group_open_http_svc/modify_group_base_info", { GroupId: "group-0", Name: "last;" });
    return answer.ErrorCode === 0;
  }, WAIT);
  groups[0]?.names.push("last;");
  await metricReaches(one.url, books("pending"), 0);
  allIsTold(groups, endpoint.arrivals);
  expect(endpoint.arrivals.filter(({ raw }) => raw.includes("stray;"))).toEqual([]);
});

async function readiness({ url }: { url: string }): Promise<{ readonly status: number; readonly why: string }> {
  const response = await fetch(`${url}/readyz`);
  const { reason, ErrorInfo } = (await response.json()) as { reason?: string; ErrorInfo?: string };
  return { status: response.status, why: reason ?? ErrorInfo ?? "" };
}

/** All that a recorder has kept, in its order. */
async function journalOf(recorder: RecorderUnderTest): Promise<EventList["events"]> {
  const all: EventList["events"][number][] = [];
  for (let path: string | undefined = "/v1/events?limit=1000"; path !== undefined;) {
    const { events, next }: EventList = await recorder.get(path);
    all.push(...events);
    path = next === null ? undefined : `/v1/events?limit=1000&after=${next}`;
  }
  return all;
}

/** Of each group everything that was acknowledged was told of, in its order, and numbers have no gaps. */
function allIsTold(groups: readonly LivingGroup[], arrivals: readonly Arrival[]): void {
  const byGroup = Map.groupBy(arrivals, groupOf);
  for (const { id, names } of groups) {
    const own = Map.groupBy(byGroup.get(id) ?? [], sequenceOf);
    expect([id, [...own.keys()]]).toEqual([id, Array.from({ length: own.size }, (_, i) => i + 1)]);
    for (const same of own.values()) expect(new Set(same.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    const told = [...own.values()].map(([first]) => first?.raw ?? "");
    const places = names.map((name) => told.findIndex((raw) => raw.includes(name)));
    expect([id, places.filter((place) => place < 0)]).toEqual([id, []]);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  }
}
