import { startBenchEndpoint } from "../endpoint.ts";
import { figure, type Figure } from "../figure.ts";
import { openLoop, quantile } from "../load.ts";
import { importAccounts, startBenchServer } from "../muster.ts";

const PER_SECOND = 500;
const MS = Number(process.env["CAMPAIGN_MS"] ?? 20_000);
/** The first of them find caches cold and code not compiled: a server runs for longer than that. */
const WARM_UP = 3_000;
const CONNECTIONS = 64;
/** Each owns a few groups, as people do. */
const OWNERS = 1_000;
const SWITCHES = ["Group.CallbackAfterCreateGroup"];

/**
 * How soon an endpoint has heard of a command, at a steady rate that does not wait for anybody. Measured where the
 * endpoint has answered, in its own process, from the callback's own time: when its command was taken up, which is
 * before its commit. From when the command was due, which counts all that waited before, too.
 */
export async function latency(): Promise<Figure[]> {
  const endpoint = await startBenchEndpoint({ record: true });
  const callback = { url: `${endpoint.url}/callback`, switches: SWITCHES };
  const server = await startBenchServer({ connections: CONNECTIONS, callback });
  try {
    const owners = await importAccounts(server.call, OWNERS);
    const due = new Map<string, number>();
    const run = (ms: number, kind: string): Promise<number> =>
      openLoop(PER_SECOND, ms, async (i, dueAt) => {
        const Name = `${kind} ${i}`;
        due.set(Name, dueAt);
        const group = { Type: "Public", Owner_Account: owners[i % OWNERS], Name };
        await server.call("group_open_http_svc/create_group", group);
      });
    const warm = await run(WARM_UP, "warm");
    const count = warm + (await run(MS, "measured"));
    await allAnswered(endpoint.account, count);
    const answers = (await endpoint.answers()).filter(({ name }) => name.startsWith("measured"));
    const fromTakenUp = answers.map(({ happenedAt, answeredAt }) => answeredAt - happenedAt);
    const fromDue = answers.map(({ name, answeredAt }) => answeredAt - (due.get(name) ?? Number.NaN));
    const at = `at ${PER_SECOND} commands/s`;
    return [
      figure(`taken up to answered by the endpoint ${at}, median`, quantile(fromTakenUp, 0.5), "ms", {
        bar: { atMost: 3 },
      }),
      figure(`taken up to answered by the endpoint ${at}, p99`, quantile(fromTakenUp, 0.99), "ms", {
        bar: { atMost: 15 },
      }),
      figure(`command due to answered by the endpoint ${at}, median`, quantile(fromDue, 0.5), "ms"),
      figure(`command due to answered by the endpoint ${at}, p99`, quantile(fromDue, 0.99), "ms"),
    ];
  } finally {
    await server.stop();
    endpoint.stop();
  }
}

/** Waits until every callback has come, and fails where one came twice or out of order. */
async function allAnswered(
  accountOf: () => Promise<{ arrived: number; distinct: number; outOfOrder: number }>,
  count: number,
): Promise<void> {
  for (;;) {
    const account = await accountOf();
    if (account.outOfOrder > 0 || account.arrived > count) {
      throw new Error(`the figure does not count: ${JSON.stringify(account)}`);
    }
    if (account.distinct === count) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
