import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { KILLS as ALL_KILLS } from "../harness/campaign.ts";
import { startEventTaker } from "../harness/event-taker.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { startProgram } from "../harness/program.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import { callbackQuery, SDK_APP_ID } from "../harness/recorder.ts";
import { storeIn } from "../harness/store.ts";

const CALLBACKS = Number(process.env["CAMPAIGN_CALLBACKS"] ?? 600);
const KILLS = Math.ceil(ALL_KILLS / 26);
const LANES = 20;
/** Callbacks of each group that are posted while the recorder lives, but for the last time. */
const SHARE = Math.floor(CALLBACKS / LANES / (KILLS + 1));
/** Of what is posted to it, the HTTP endpoint fails this part. */
const FAILING = 0.03;

const COMMAND = "Group.CallbackAfterGroupInfoChanged";

/** As sinks give it. */
interface Event {
  readonly id: string;
  readonly subject: string;
  readonly sequence: string;
  readonly data: { readonly Name: string };
}

it(
  `brings sinks everything at least once and in order when the recorder is killed ${KILLS} times and an endpoint crashes`,
  { timeout: 300_000 },
  async () => {
    const random = createRandom(seedOf("sinks-kill"));
    const folder = temporaryFolder(tmpdir());
    const files = join(folder, "events");
    let onPost = (): void => {};
    const taker = await startEventTaker(() => {
      onPost();
      return random() < FAILING ? 503 : 200;
    });
    onTestFinished(taker.crash);
    const retry = Array.from({ length: 20 }, () => 0.02);
    const config = writeConfig(folder, {
      recorder: {
        port: 0,
        store: await storeIn(folder, "recorder"),
        apps: [{ sdkAppId: SDK_APP_ID }],
        sinks: [
          { name: "crm", type: "http", url: taker.url, retry },
          { name: "archive", type: "file", folder: files, rotateMegabytes: 0.05 },
        ],
        mirror: false,
        logLevel: "silent",
      },
    });
    const waiting = Array.from({ length: LANES }, (_, lane) =>
      Array.from({ length: Math.ceil(CALLBACKS / LANES) }, (_unused, i) => ({ lane, number: i + 1 })),
    );
    const sent = waiting.flat().map(({ lane, number }) => `group-${lane} ${number}`);

    /** Starts the recorder and posts callbacks; it is killed amid its `killAt`th event for the HTTP endpoint. */
    async function live(share: number, killAt: number, crashes: boolean) {
      const recorder = startProgram(["record", "--config", config]);
      const url = await recorder.url();
      expect(halfLines(files)).toEqual([]);
      let left = killAt;
      let crashed: Promise<void> | undefined;
      onPost = () => {
        left -= 1;
        if (left !== 0) return;
        if (crashes) crashed = taker.crash();
        recorder.child.kill("SIGKILL");
      };
      await Promise.all(waiting.map((lane) => post(url, lane, share)));
      return { recorder, url, crashed: () => crashed };
    }

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const crashes = kill % 2 === 0;
      const { recorder, crashed } = await live(SHARE, 1 + Math.floor(random() * SHARE * LANES), crashes);
      expect(await recorder.ended()).toBeNull();
      await crashed();
      if (crashes) await taker.restart();
    }
    const { recorder, url } = await live(Infinity, Infinity, false);
    await expect
      .poll(() => sinksOf(url), { timeout: 60_000 })
      .toEqual(["crm", "archive"].map((name) => ({ name, behind: 0, heldGroups: 0, deadLetters: 0, lagSeconds: 0 })));
    expect(await recorder.kill("SIGTERM"), recorder.errors()).toBe(0);

    const posted = taker.taken.map(({ text }) => JSON.parse(text) as Event);
    const written = linesOf(files).map((line) => JSON.parse(line) as Event);
    for (const events of [posted, written]) {
      expect(new Set(events.map(nameOf))).toEqual(new Set(sent));
      expect(new Set(events.map(({ id }) => id)).size).toBe(sent.length);
      expect(outOfOrder(events)).toEqual([]);
    }
    console.log(
      `${sent.length} events, ${posted.length} posted, ${written.length} lines in ${readdirSync(files).length} files`,
    );
  },
);

/** Posts callbacks of a group one after another, each until it is answered OK, as long as the recorder lives. */
async function post(url: string, lane: { lane: number; number: number }[], most: number): Promise<void> {
  for (let posted = 0; posted < most; posted += 1) {
    const [next] = lane;
    if (!next) return;
    const body = {
      CallbackCommand: COMMAND,
      GroupId: `group-${next.lane}`,
      Type: "Public",
      Operator_Account: "leckie",
      Name: String(next.number),
    };
    const headers = { "webhook-id": `msg_${next.lane}_${next.number}`, "muster-sequence": String(next.number) };
    try {
      const path = `/callback?${callbackQuery(COMMAND)}`;
      const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body), headers });
      expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('"ErrorCode":0')]);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return;
    }
    lane.shift();
  }
}

async function sinksOf(url: string): Promise<unknown[]> {
  const { sinks } = (await (await fetch(`${url}/v1/sinks`)).json()) as { sinks: Record<string, unknown>[] };
  return sinks.map(({ name, behind, heldGroups, deadLetters, lagSeconds }) => {
    return { name, behind, heldGroups, deadLetters, lagSeconds };
  });
}

const nameOf = ({ subject, data }: Event): string => `${subject} ${data.Name}`;

/** Events that came first after one of their group with a higher number. */
function outOfOrder(events: readonly Event[]): string[] {
  const highest = new Map<string, number>();
  const seen = new Set<string>();
  return events
    .filter((event) => {
      if (seen.has(event.id)) return false;
      seen.add(event.id);
      const before = highest.get(event.subject) ?? 0;
      highest.set(event.subject, Math.max(before, Number(event.data.Name)));
      return Number(event.data.Name) < before;
    })
    .map(nameOf);
}

function textsOf(folder: string): string[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

function linesOf(folder: string): string[] {
  return textsOf(folder).flatMap((text) => text.split("\n").slice(0, -1));
}

/** What is behind the last line break of any file. */
function halfLines(folder: string): string[] {
  return textsOf(folder).flatMap((text) => text.slice(text.lastIndexOf("\n") + 1) || []);
}
