import { startPostgres } from "../../test/harness/postgres.ts";
import { startBenchEndpoints } from "../endpoint.ts";
import { figure, figureOfTurns, type FigureOptions, type Row } from "../figure.ts";
import { postmasterOf, processorTime, withChildren } from "../processor-time.ts";
import { startNodes, type RunningNodes, type Turn } from "../running-nodes.ts";

const MS = Number(process.env["CAMPAIGN_MS"] ?? 15_000);
const COUNTS = [1, 2, 8];
const TURNS = 9;
/** Of one app an endpoint takes 64 attempts at a time, of which each of eight nodes has eight; of four apps each has 32. */
const APPS = [1, 4];
const LANES = 1_000;
/** So many callbacks of each lane are delivered in a turn. */
const OF_LANE = Math.ceil((MS * 1.5) / LANES);
/** So many turns' callbacks each node delivers before anything counts. */
const WARMING = 3;

/** How long it is looked, in ms, what nodes take that have nothing to deliver. */
const IDLE = 3_000;

const ofOurs = ({ ofNodes, ofDatabase }: Turn): number => ofNodes + ofDatabase;
const ofAll = (turn: Turn): number => ofOurs(turn) + turn.ofEndpoint;

/**
 * What it costs to be many: one node, two and eight deliver the same, by turns, each on a database of their own of the same
 * PostgreSQL. Nothing counts until each node has delivered as many as three turns have: a program compiles what it runs again
 * and again until it has delivered some ten thousand.
 */
export async function nodes(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const apps of APPS) rows.push(...(await withApps(apps)));
  return rows;
}

async function withApps(apps: number): Promise<Row[]> {
  const { turns, idle } = await byTurns(apps);
  const of = apps === 1 ? "a backlog of one app" : `a backlog of ${apps} apps`;
  const cost = "processor time of 10,000 deliveries";
  const [one = []] = turns;
  const rest = `on PostgreSQL, nothing to deliver for ${apps === 1 ? "one app" : `${apps} apps`}, a node with its part of the database`;
  const resting: Row = Number.isNaN(idle)
    ? { name: rest, skipped: "the system does not tell" }
    : figure(`${rest}: processor time of a second`, idle * 1_000, "ms");
  const delivering = turns.flatMap((many, i): Row[] => {
    const count = COUNTS[i] ?? 0;
    const name = `on PostgreSQL, ${of}, ${count === 1 ? "one node" : `${count} nodes on these cores`}`;
    const row = (
      what: string,
      unit: string,
      figureOf: (turn: Turn, i: number) => number,
      options?: FigureOptions,
    ): Row => {
      const figures = many.map(figureOf);
      if (figures.some(Number.isNaN)) return { name: `${name}: ${what}`, skipped: "the system does not tell" };
      return figureOfTurns(`${name}: ${what}`, figures, unit, options);
    };
    /** Turn by turn: what else goes on at the machine is the same for both. */
    const times = (figureOf: (turn: Turn) => number) => (turn: Turn, at: number) => {
      const other = one[at];
      return other ? figureOf(turn) / figureOf(other) : Number.NaN;
    };
    const rows = [
      row("deliveries", "/s", ({ perSecond }) => perSecond),
      row(`${cost}, the servers'`, "s", ({ ofNodes }) => ofNodes),
      row(`${cost}, the database's`, "s", ({ ofDatabase }) => ofDatabase),
      row(`${cost}, the endpoint's`, "s", ({ ofEndpoint }) => ofEndpoint),
    ];
    if (count === 1) return rows;
    const fast = count === 2 ? { bar: { atLeast: 1 } } : {};
    const cheap = count === 8 ? { bar: { atMost: 1.2 } } : {};
    return [
      ...rows,
      row(
        "deliveries, times one node's",
        "×",
        times(({ perSecond }) => perSecond),
        fast,
      ),
      row(`${cost}, the servers' and the database's, times one node's`, "×", times(ofOurs), cheap),
      row(`${cost}, all processes, times one node's`, "×", times(ofAll), cheap),
    ];
  });
  return [...delivering, resting];
}

/**
 * What each turn has given, by how many nodes; and what a node takes afterwards that has nothing to deliver, its part of the
 * database's included, in s of processor time for each second.
 */
async function byTurns(apps: number): Promise<{ readonly turns: Turn[][]; readonly idle: number }> {
  const database = await startPostgres();
  const endpoints = await startBenchEndpoints(COUNTS.length);
  const all: RunningNodes[] = [];
  try {
    for (const [i, endpoint] of endpoints.all.entries()) {
      const count = COUNTS[i] ?? 1;
      const store = await database.createDatabase(`nodes_${count}`);
      const running = await startNodes(count, { store, endpoint, apps, lanes: LANES / apps });
      all.push(running);
      await running.deliver(OF_LANE * WARMING * count);
    }
    const turns = COUNTS.map((): Turn[] => []);
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (let i = 0; i < all.length; i += 1) {
        // Another begins each time.
        const at = (turn + i) % all.length;
        const delivered = await all[at]?.deliver(OF_LANE);
        if (delivered) turns[at]?.push(delivered);
      }
    }
    const pids = [...all.flatMap((running) => running.pids()), ...withChildren(await postmasterOf(database.url))];
    const before = processorTime(pids) ?? Number.NaN;
    await new Promise((resolve) => setTimeout(resolve, IDLE));
    const taken = (processorTime(pids) ?? Number.NaN) - before;
    return { turns, idle: (taken * 1_000) / IDLE / all.flatMap((running) => running.pids()).length };
  } finally {
    await Promise.all(all.map((running) => running.stop()));
    endpoints.stop();
    await database.stop();
  }
}
