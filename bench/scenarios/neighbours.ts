import { startBenchEndpoints, type BenchEndpoint } from "../endpoint.ts";
import { figure, type Figure } from "../figure.ts";
import { openLoop, quantile } from "../load.ts";
import { importAccounts, SDK_APP_ID, startBenchServer } from "../muster.ts";

const APPS = 100;
const PER_SECOND = 300;
const MS = Number(process.env["CAMPAIGN_MS"] ?? 20_000);
const WARM_UP = 3_000;
const SWITCHES = ["Group.CallbackAfterCreateGroup"];

/** What apps with sound endpoints notice of two whose endpoints hang and refuse. */
export async function neighbours(): Promise<Figure[]> {
  const alone = await p99Of(false);
  const beside = await p99Of(true);
  const name = `command taken up to answered, p99 of ${APPS - 2} endpoints, beside one that hangs and one that refuses`;
  return [
    figure(name, beside, "ms", { peer: { name: "the same without those", value: alone }, ratio: { atMost: 1.5 } }),
  ];
}

async function p99Of(someFail: boolean): Promise<number> {
  const endpoints = await startBenchEndpoints(APPS, { record: true });
  const callbacks = endpoints.all.map(({ url }) => ({ url: `${url}/callback`, switches: SWITCHES }));
  const server = await startBenchServer({ connections: 64, callbacks });
  try {
    if (someFail) await Promise.all([endpoints.all[0]?.fail("hang"), endpoints.all[1]?.fail("refuse")]);
    const sound = endpoints.all.slice(2);
    const ids = Array.from({ length: APPS }, (_, i) => SDK_APP_ID + i);
    for (const sdkAppId of ids) await importAccounts((...args) => server.callAs(sdkAppId, ...args), 1);
    const run = (ms: number, kind: string): Promise<number> =>
      openLoop(PER_SECOND, ms, async (i) => {
        const group = { Type: "Public", Owner_Account: "user-0", Name: `${kind} ${i}` };
        await server.callAs(SDK_APP_ID + (i % APPS), "group_open_http_svc/create_group", group);
      });
    const counts = [await run(WARM_UP, "warm"), await run(MS, "measured")];
    const expected = counts.reduce(
      (sum, count) => sum + Array.from({ length: count }).filter((_, i) => i % APPS > 1).length,
      0,
    );
    await allCame(sound, expected);
    const answers = (await Promise.all(sound.map((endpoint) => endpoint.answers()))).flat();
    const measured = answers.filter(({ name }) => name.startsWith("measured"));
    return quantile(
      measured.map(({ happenedAt, answeredAt }) => answeredAt - happenedAt),
      0.99,
    );
  } finally {
    await server.stop();
    endpoints.stop();
  }
}

/** Waits until so many have come to the endpoints together, and fails where one came twice or out of order. */
async function allCame(endpoints: readonly BenchEndpoint[], count: number): Promise<void> {
  for (;;) {
    const accounts = await Promise.all(endpoints.map((endpoint) => endpoint.account()));
    const sum = (of: "arrived" | "distinct" | "outOfOrder"): number => accounts.reduce((all, one) => all + one[of], 0);
    if (sum("outOfOrder") > 0 || sum("arrived") > count) throw new Error("the figure does not count");
    if (sum("distinct") === count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
