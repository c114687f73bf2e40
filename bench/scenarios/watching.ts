import { startBrowser } from "../../test/harness/browser.ts";
import { watchStrain } from "../../test/harness/strain.ts";
import { startBenchEndpoint } from "../endpoint.ts";
import { figure, type Figure } from "../figure.ts";
import { openLoop } from "../load.ts";
import { importAccounts, SDK_APP_ID, startBenchServer, type Call } from "../muster.ts";

/** Each makes two callbacks: a little more of them than the bar says. */
const GROUPS_PER_SECOND = 1_050;
const MS = Number(process.env["CAMPAIGN_MS"] ?? 60_000);
const WARM_UP = 5_000;
const CONNECTIONS = 64;
/** Where a machine cannot keep up, groups wait to be disbanded, and nobody may own too many. */
const OWNERS = 1_000;
const ADMIN_TOKEN = "the-admin-token-of-the-benchmark";
const SWITCHES = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"];

/**
 * How the console's live page bears it that there are many callbacks: groups are created and disbanded at a steady
 * rate, every callback is delivered, and a real browser shows them.
 */
export async function watching(): Promise<Figure[]> {
  const endpoint = await startBenchEndpoint();
  const callback = { url: `${endpoint.url}/callback`, switches: SWITCHES };
  const server = await startBenchServer({ connections: CONNECTIONS, callback, adminToken: ADMIN_TOKEN });
  const browser = await startBrowser();
  try {
    const owners = await importAccounts(server.call, OWNERS);
    const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    await page.goto(`${server.url}/console/${SDK_APP_ID}/live#token=${ADMIN_TOKEN}`);
    await page.getByText("Waiting for callbacks").waitFor();
    const run = (ms: number): Promise<number> =>
      openLoop(GROUPS_PER_SECOND, ms, (i) => createAndDisband(server.call, owners[i % OWNERS]));
    const line = page.getByText(/^Showing [\d,]+ of [\d,]+/);
    /** Resolves once the page has been told of all that were delivered; says how many that is. */
    const allShown = async (): Promise<number> => {
      for (;;) {
        const told = Number(/of ([\d,]+)/.exec(await line.innerText())?.[1]?.replaceAll(",", ""));
        const { distinct, outOfOrder } = await endpoint.account();
        if (outOfOrder > 0) throw new Error(`the figure does not count: ${outOfOrder} came out of order`);
        if (told === distinct) return told;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await run(WARM_UP);
    const before = await allShown();
    const strain = await watchStrain(page);
    const [heapBefore, startedAt] = [await strain.heap(), performance.now()];
    const count = 2 * (await run(MS));
    while ((await allShown()) < before + count) await new Promise((resolve) => setTimeout(resolve, 50));
    const perSecond = count / ((performance.now() - startedAt) / 1_000);
    const growth = ((await strain.heap()) - heapBefore) / 1e6;
    return [
      figure("live page: callbacks that it was told of", perSecond, "/s", { bar: { atLeast: 2_000 } }),
      figure("live page: what kept it from answering longest", Math.max(0, ...(await strain.longTasks())), "ms", {
        bar: { atMost: 200 },
      }),
      figure(`live page: memory grown by after ${MS / 1_000} s`, growth, "MB", { bar: { atMost: 5 } }),
    ];
  } finally {
    await browser.close();
    await server.stop();
    endpoint.stop();
  }
}

async function createAndDisband(call: Call, owner: string | undefined): Promise<void> {
  const group = { Type: "Public", Name: "n", Owner_Account: owner };
  const { GroupId } = await call("group_open_http_svc/create_group", group);
  await call("group_open_http_svc/destroy_group", { GroupId });
}
