import { tmpdir } from "node:os";

import type { EventJson } from "@muster/recorder";
import { expect, it } from "vitest";

import { KILLS as ALL_KILLS } from "../harness/campaign.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { startProgram } from "../harness/program.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import { callbackQuery, SDK_APP_ID, type EventList } from "../harness/recorder.ts";
import { onPostgres, storeIn } from "../harness/store.ts";

/** So many callbacks, with so many kills in between; fewer on PostgreSQL, whose own it is to keep what is committed. */
const CALLBACKS = Number(process.env["CAMPAIGN_CALLBACKS"] ?? 1_500) / (onPostgres ? 5 : 1);
const KILLS = Math.ceil(ALL_KILLS / (onPostgres ? 40 : 4));
/** Each lane sends the callbacks of one group, one after the other; the lanes send at the same time. */
const LANES = 30;
/** Of what was answered OK, this part is sent again. */
const REPEATED = 0.1;

const COMMAND = "Group.CallbackAfterGroupInfoChanged";

/** One callback and what became of it. */
interface Sent {
  readonly groupId: string;
  /** Its place in its lane, from 1. */
  readonly number: number;
  /** Half of the lanes are Muster's and have ids; the others are as Tencent Cloud Chat sends them. */
  readonly id: string | undefined;
  attempts: number;
  oks: number;
}

it(
  `keeps every callback that it answered OK once when it is killed ${KILLS} times amid ${CALLBACKS}`,
  { timeout: 240_000 + KILLS * 15_000 },
  async () => {
    const random = createRandom(seedOf("recorder-kill"));
    const folder = temporaryFolder(tmpdir());
    const config = writeConfig(folder, {
      recorder: {
        port: 0,
        store: await storeIn(folder, "recorder"),
        apps: [{ sdkAppId: SDK_APP_ID }],
        logLevel: "error",
      },
    });
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      Array.from({ length: Math.ceil(CALLBACKS / LANES) }, (_unused, i) => callback(lane, i + 1)),
    );
    const all = lanes.flat();

    // To start the mirror's thread takes longer than most of these lives: every fifth has one.
    /** Starts the recorder, looks whether it has what it should, and sends what has not been answered. */
    async function live(killAt: number, mirror: boolean) {
      const recorder = startProgram(["record", "--config", config], { MUSTER_RECORDER_MIRROR: String(mirror) });
      const url = await recorder.url();
      const found = problems(await eventsOf(url), all);
      let answered = 0;
      const onOk = (): void => {
        answered += 1;
        if (answered === killAt) recorder.child.kill("SIGKILL");
      };
      await Promise.all(lanes.map((lane) => sendLane(url, lane, random, onOk)));
      return { recorder, url, found };
    }

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const { recorder, found } = await live(1 + Math.floor((random() * 2 * all.length) / (KILLS + 1)), kill % 5 === 0);
      expect(found, `before kill ${kill}`).toEqual([]);
      expect(await recorder.kill("SIGKILL")).toBeNull();
    }
    const { recorder, url, found } = await live(Infinity, true);
    expect(found, "after the last kill").toEqual([]);

    const events = await eventsOf(url);
    expect(problems(events, all)).toEqual([]);
    expect(events.map(({ position }) => position)).toEqual(all.map((_sent, i) => String(i + 1)));
    expect(await mirrored(url)).toEqual(await listed(url));
    const arrivals = sum(events.map((event) => event.arrivals));
    const attempts = sum(all.map((sent) => sent.attempts));
    const oks = sum(all.map((sent) => sent.oks));
    console.log(`${all.length} callbacks, ${attempts} attempts, ${oks} answered OK, ${arrivals} arrivals recorded`);
    // A killed recorder leaves attempts without an answer; some of them it had recorded all the same.
    expect(attempts).toBeGreaterThan(oks);
    expect(arrivals).toBeGreaterThanOrEqual(oks);
    expect(await recorder.kill("SIGTERM"), recorder.errors()).toBe(0);
  },
);

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function callback(lane: number, number: number): Sent {
  const groupId = `group-${lane}`;
  return { groupId, number, id: lane % 2 === 0 ? `msg_${lane}_${number}` : undefined, attempts: 0, oks: 0 };
}

/** Sends a lane's callbacks in their order from the first that was not answered, until all are or the recorder is dead. */
async function sendLane(url: string, lane: readonly Sent[], random: () => number, onOk: () => void): Promise<void> {
  for (const sent of lane) {
    while (sent.oks === 0 || random() < REPEATED) {
      if (!(await post(url, sent))) return;
      onOk();
    }
  }
}

/** Whether a callback was answered; `false` where the recorder is dead. */
async function post(url: string, sent: Sent): Promise<boolean> {
  sent.attempts += 1;
  const body = {
    CallbackCommand: COMMAND,
    GroupId: sent.groupId,
    Type: "Public",
    Operator_Account: "leckie",
    Name: `name ${sent.number}`,
    EventTime: 1_700_000_000_000 + sent.number,
  };
  const headers: Record<string, string> =
    sent.id === undefined
      ? {}
      : { "webhook-id": sent.id, "muster-sequence": String(sent.number), "muster-attempt": String(sent.attempts) };
  try {
    const response = await fetch(`${url}/callback?${callbackQuery(COMMAND)}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers,
    });
    const answer = await response.text();
    expect([response.status, answer]).toEqual([200, '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}']);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return false;
  }
  sent.oks += 1;
  return true;
}

async function eventsOf(url: string): Promise<EventJson[]> {
  const events: EventJson[] = [];
  for (let after: string | null = "0"; after !== null;) {
    const response: Response = await fetch(`${url}/v1/events?limit=1000&after=${after}`);
    const page = (await response.json()) as EventList;
    events.push(...page.events);
    after = page.next;
  }
  return events;
}

/** What the mirror's tables say of each group once they tell of everything, however often their thread was killed. */
async function mirrored(url: string): Promise<unknown[]> {
  // The gaps are told when the mirror is up to date.
  expect(await (await fetch(`${url}/v1/gaps`)).json()).toEqual({ gaps: [], next: null });
  const lines = (await (await fetch(`${url}/v1/export?what=groups`)).text()).trimEnd().split("\n");
  return lines.map((line) => {
    const { group_id, name, last_sequence, member_count } = JSON.parse(line) as Record<string, unknown>;
    return { group_id, name, last_sequence, member_count };
  });
}

/** What the journal says of each group. */
async function listed(url: string): Promise<unknown[]> {
  const { groups } = (await (await fetch(`${url}/v1/groups`)).json()) as {
    groups: { groupId: string; name: string; lastSequence: number | null; memberCount: number }[];
  };
  return groups
    .toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1))
    .map((group) => ({
      group_id: group.groupId,
      name: group.name,
      last_sequence: group.lastSequence,
      member_count: group.memberCount,
    }));
}

/** What is wrong with a journal, measured by what was sent and answered. */
function problems(events: readonly EventJson[], all: readonly Sent[]): string[] {
  const found: string[] = [];
  const byLane = new Map<string, number[]>();
  const arrivals = new Map<string, number>();
  for (const event of events) {
    const groupId = event.groupId ?? "";
    const number = (event.eventTime ?? 0) - 1_700_000_000_000;
    byLane.set(groupId, [...(byLane.get(groupId) ?? []), number]);
    const key = `${groupId} ${number}`;
    if (arrivals.has(key)) found.push(`${key} was recorded twice`);
    arrivals.set(key, event.arrivals);
    if (event.fault !== null) found.push(`${key} is in quarantine: ${event.fault}`);
  }
  for (const [groupId, numbers] of byLane) {
    if (numbers.some((number, i) => number !== i + 1)) found.push(`${groupId} has the order ${numbers.join()}`);
  }
  for (const { groupId, number, attempts, oks } of all) {
    const key = `${groupId} ${number}`;
    const came = arrivals.get(key) ?? 0;
    arrivals.delete(key);
    if (came < oks) found.push(`${key} was answered OK ${oks} times and recorded ${came} times`);
    if (came > attempts) found.push(`${key} was sent ${attempts} times and recorded ${came} times`);
  }
  for (const key of arrivals.keys()) found.push(`${key} was never sent`);
  return found;
}
