/**
 * Takes pictures of the console's pages, in light and dark, into docs/screenshots: of a server and a recorder that it
 * starts for that, with a demo app in which something has happened.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "playwright-core";

import type { SeriesPoint } from "../packages/server/src/delivery-series.ts";
import { openSqliteStore } from "../packages/server/src/store/sqlite/open-store.ts";
import { startConsole, type ConsoleUnderTest } from "../test/harness/console.ts";

const folder = join(import.meta.dirname, "..", "docs", "screenshots");
const viewport = { width: 1280, height: 800 };
const SDK_APP_ID = 1400000001;
const MINUTE = 60_000;

/** A page to be taken a picture of: its path below the app's, and what is done on it before. */
interface Subject {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<void>;
}

const muster = await startConsole(pastOf);
try {
  await happen(muster);
  mkdirSync(folder, { recursive: true });
  for (const { name, path, act } of await subjects(muster)) {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await muster.openSignedIn(`/console/${SDK_APP_ID}/${path}`, { colorScheme, viewport });
      await page.locator("main h1").waitFor();
      await act?.(page);
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
      console.log(`docs/screenshots/${name}-${colorScheme}.png`);
      await page.context().close();
    }
  }
  if (muster.complaints.length > 0) throw new Error(muster.complaints.join("\n"));
} finally {
  await muster.stop();
}

async function subjects({ admin }: ConsoleUnderTest): Promise<readonly Subject[]> {
  const { deliveries } = (await admin("GET", `/deliveries?sdkAppId=${SDK_APP_ID}&state=dead&limit=1`)) as {
    deliveries: { position: number }[];
  };
  return [
    { name: "playground", path: "playground", act: play },
    { name: "deliveries", path: "deliveries" },
    { name: "delivery", path: `deliveries/${deliveries[0]?.position}` },
    { name: "group", path: "groups/chess", act: lookBack },
    { name: "settings", path: "settings" },
    // The last: it repeats what was delivered, which would be seen on the others.
    { name: "live", path: "live", act: watch },
  ];
}

/** Figures of the last quarter of an hour: nobody wants to wait that long for a picture. */
async function pastOf(data: string): Promise<void> {
  const store = openSqliteStore(join(data, "server.db"));
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  const points = Array.from({ length: 15 }, (_, i): SeriesPoint => {
    const busy = 1 + Math.sin(i / 2.2) / 2;
    const attempts = Math.round(2_600 * busy);
    const failed = i === 9 ? 190 : i === 10 ? 60 : 0;
    // In four steps to each doubling, from 1 ms on.
    const durations = Array.from({ length: 28 }, (_unused, step) =>
      Math.round(attempts * Math.exp(-((step - 10) ** 2) / 14)),
    );
    const at = now - (15 - i) * MINUTE;
    const pending = i === 9 ? 140 : i === 10 ? 90 : Math.round(4 * busy);
    return { sdkAppId: SDK_APP_ID, at, attempts, delivered: attempts - failed, dead: 0, pending, durations };
  });
  await store.series.add(points);
  await store.close();
}

/** A few groups with lives, a community, and a callback that did not arrive. */
async function happen({ rest, admin, recorder }: ConsoleUnderTest): Promise<void> {
  const group = (command: string, body: object) => rest(`group_open_http_svc/${command}`, body);
  const members = (...users: string[]) => users.map((Member_Account) => ({ Member_Account }));
  for (const UserID of ["leckie", "peter", "bob"]) await rest("im_open_login_svc/account_import", { UserID });
  const GroupId = "chess";
  const by = { Owner_Account: "leckie" };
  await group("create_group", { Type: "Public", Name: "MyFirstGroup", GroupId, ...by, MemberList: members("peter") });
  await group("add_group_member", { GroupId, MemberList: members("bob") });
  await group("modify_group_base_info", { GroupId, Name: "MyChessClub", Introduction: "We meet on Thursdays" });
  await group("delete_group_member", { GroupId, MemberToDel_Account: ["peter"] });
  await group("change_group_owner", { GroupId, NewOwner_Account: "bob" });
  await group("create_group", { Type: "Community", Name: "Sailors", GroupId: "@TGS#_sailors", SupportTopic: 1, ...by });
  for (const TopicName of ["Weather", "Harbours"]) {
    await rest("million_group_open_http_svc/create_topic", { GroupId: "@TGS#_sailors", TopicName });
  }
  const app = `/apps/${SDK_APP_ID}`;
  await admin("PATCH", app, { callback: { url: "http://127.0.0.1:9/callback", retry: [1] } });
  await group("create_group", { Type: "Public", Name: "MySecondGroup", GroupId: "draughts", ...by });
  await until(async () => {
    const { deliveries } = await admin("GET", `/deliveries?sdkAppId=${SDK_APP_ID}&state=dead`);
    return (deliveries as unknown[]).length > 0;
  });
  await admin("PATCH", app, { callback: { url: `${recorder}/callback`, retry: null } });
  await admin("POST", `${app}/endpoint/revive`);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 200));
}

/** Logs both users in; one makes a group with the other in it. */
async function play(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "Log both in" }).click();
  const app = page.getByRole("region", { name: "The app of leckie" });
  await app.getByLabel("Name", { exact: true }).fill("MyThirdGroup");
  await app.getByRole("button", { name: "Create" }).click();
  await page.locator(".sent > li.delivered").first().waitFor();
  await app.getByRole("button", { name: "Disband MyThirdGroup" }).click();
  await page.locator(".sent > li.delivered").nth(1).waitFor();
  await page.getByRole("heading", { name: "Playground" }).scrollIntoViewIfNeeded();
}

async function watch(page: Page): Promise<void> {
  await page.getByText("Waiting for callbacks").waitFor();
  await muster.admin("POST", "/deliveries/replay", { sdkAppId: SDK_APP_ID, state: "delivered" });
  await page.locator(".live-row").nth(6).waitFor();
}

async function lookBack(page: Page): Promise<void> {
  await page.getByRole("slider").press("ArrowLeft");
  await page.locator(".instant").getByText("removed peter").waitFor();
  await page.getByRole("slider").blur();
}
