import { join } from "node:path";

import { expect, it } from "vitest";

import { startEndpoint, type Arrival } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { startProgram, type Program } from "../harness/program.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import { metricReaches, restApi, type RestCall } from "../harness/rest.ts";

/** Each group is created and disbanded: so many pairs, with so many kills in between. */
const PAIRS = Number(process.env["CAMPAIGN_PAIRS"] ?? 1_000);
const KILLS = Number(process.env["CAMPAIGN_KILLS"] ?? 5);
const CLIENTS = 20;

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };
const CREATED = "Group.CallbackAfterCreateGroup";
const DESTROYED = "Group.CallbackAfterGroupDestroyed";

/** What the client was told about one group: `true` once the command was acknowledged. */
interface Told {
  created: boolean;
  destroyed: boolean;
}

it(
  `loses nothing that it acknowledged when it is killed ${KILLS} times amid ${PAIRS} creations and disbandings`,
  { timeout: 240_000 },
  async () => {
    const random = createRandom(seedOf("server-kill"));
    const endpoint = await startEndpoint();
    const folder = temporaryFolder();
    const config = writeConfig(folder, {
      server: { port: 0, store: `sqlite:${join(folder, "server.db")}`, logLevel: "error" },
      apps: [
        {
          sdkAppId: app.sdkAppId,
          secretKey: app.secretKey,
          callback: { url: endpoint.url, allowPrivateNetwork: true, switches: [CREATED, DESTROYED] },
        },
      ],
    });

    const told = new Map<string, Told>();
    const groups = Array.from({ length: PAIRS }, (_, i) => `group-${i}`);
    // Each run is killed after so many answers at the most, so that every kill comes before the work is done.
    const mostAnswers = Math.floor((2 * PAIRS) / (KILLS + 1));
    async function run(killAt: number): Promise<{ server: Program; url: string }> {
      const server = startProgram(["serve", "--config", config]);
      const url = await server.url();
      let answered = 0;
      await liveAndDie(await restApi(url, app), groups, told, () => {
        answered += 1;
        if (answered === killAt) server.child.kill("SIGKILL");
      });
      return { server, url };
    }
    const ends = [];
    for (let kills = 0; kills < KILLS; kills += 1) {
      const { server } = await run(1 + Math.floor(random() * mostAnswers));
      ends.push(await server.ended());
    }
    expect(ends).toEqual(Array.from({ length: KILLS }, () => null));

    // The last run is not killed: it does the rest, and delivers what the others left.
    const { server, url } = await run(Infinity);
    await metricReaches(url, 'muster_callbacks{sdk_app_id="1400000001",state="pending"}', 0);
    expect(await server.kill("SIGTERM"), server.errors()).toBe(0);

    const answers = [...told.values()].flatMap(({ created, destroyed }) => [created, destroyed]);
    const acknowledged = answers.filter(Boolean).length;
    console.log(`${acknowledged} of ${2 * PAIRS} acknowledged, ${endpoint.arrivals.length} callbacks arrived`);
    expect(account(endpoint.arrivals, told)).toEqual([]);
    // A kill leaves each client with one group of unknown outcome, and no more.
    expect(acknowledged).toBeGreaterThanOrEqual(2 * (PAIRS - KILLS * CLIENTS));
  },
);

/** Creates and disbands one group after another out of the queue, as long as the server lives. */
async function liveAndDie(
  rest: RestCall,
  queue: string[],
  told: Map<string, Told>,
  onAnswer: () => void,
): Promise<void> {
  const client = async (): Promise<void> => {
    for (let GroupId = queue.shift(); GroupId !== undefined; GroupId = queue.shift()) {
      const known = { created: false, destroyed: false };
      told.set(GroupId, known);
      try {
        const created = await rest("group_open_http_svc/create_group", { GroupId, Type: "Public", Name: "n" });
        known.created = created.ErrorCode === 0;
        onAnswer();
        const destroyed = await rest("group_open_http_svc/destroy_group", { GroupId });
        known.destroyed = destroyed.ErrorCode === 0;
        onAnswer();
      } catch (error) {
        // The server is dead: what was under way has an unknown outcome.
        if (!(error instanceof TypeError)) throw error;
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

/** What is wrong with what arrived, measured by what was acknowledged. */
function account(arrivals: readonly Arrival[], told: ReadonlyMap<string, Told>): string[] {
  const problems: string[] = [];
  const bodies = new Map<string, string>();
  const first = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const id = String(arrival.headers["webhook-id"]);
    const known = bodies.get(id);
    if (known !== undefined && known !== arrival.raw) problems.push(`${id} came with two bodies`);
    if (known !== undefined) continue;
    bodies.set(id, arrival.raw);
    const groupId = String(arrival.body["GroupId"]);
    first.set(groupId, [...(first.get(groupId) ?? []), arrival]);
  }
  for (const groupId of first.keys()) if (!told.has(groupId)) problems.push(`${groupId} was never created`);
  for (const [groupId, { created, destroyed }] of told) {
    const came = first.get(groupId) ?? [];
    const commands = came.map(({ body }) => body["CallbackCommand"]);
    const numbers = came.map(({ headers }) => Number(headers["muster-sequence"]));
    if (created && !commands.includes(CREATED)) problems.push(`${groupId}: the creation was lost`);
    if (destroyed && !commands.includes(DESTROYED)) problems.push(`${groupId}: the disbanding was lost`);
    const whole = [CREATED, DESTROYED].slice(0, came.length);
    if (commands.join() !== whole.join() || numbers.some((number, i) => number !== i + 1)) {
      problems.push(`${groupId}: ${commands.join(", ")} numbered ${numbers.join(", ")}`);
    }
  }
  return problems;
}
