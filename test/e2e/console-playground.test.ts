import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Locator, Page } from "playwright-core";

import { seriousFaults, startConsole, type ConsoleUnderTest } from "../harness/console.ts";

// A browser, a server and a recorder share two cores with whatever else is tested.
vi.setConfig({ testTimeout: 180_000 });

let muster: ConsoleUnderTest;
let playground: string;

beforeAll(async () => {
  muster = await startConsole();
  playground = `/console/${muster.sdkAppId}/playground`;
}, 180_000);

afterAll(async () => {
  await muster.stop();
});

const appOf = (page: Page, user: string): Locator => page.getByRole("region", { name: `The app of ${user}` });
const told = (page: Page, user: string, text: string): Promise<void> =>
  page
    .getByRole("region", { name: `What ${user} is told` })
    .getByText(text, { exact: true })
    .first()
    .waitFor();
/** The newest callback of a kind once the backend has answered it. */
const delivered = (page: Page, command: string): Locator =>
  page.locator(".sent > li.delivered").filter({ has: page.getByText(command, { exact: true }) });

async function openLoggedIn(...given: Parameters<ConsoleUnderTest["openSignedIn"]>): Promise<Page> {
  const page = await muster.openSignedIn(...given);
  await page.locator(".page-head .primary").click();
  await page.locator(".presence.in").nth(1).waitFor();
  return page;
}

async function create(page: Page, user: string, type: string, name: string, isWith: boolean): Promise<void> {
  const app = appOf(page, user);
  await app.getByLabel("Type").selectOption({ label: type });
  await app.getByLabel("Name", { exact: true }).fill(name);
  await app.getByRole("checkbox").setChecked(isWith);
  await app.getByRole("button", { name: "Create" }).click();
  await app.locator(".group-cards").getByText(name, { exact: true }).waitFor();
}

describe("the playground", () => {
  it("is what a newcomer sees first, and nobody is logged in before that is asked for", async () => {
    const page = await muster.openSignedIn("/console");
    await page.getByRole("heading", { name: "Playground" }).waitFor();
    expect(page.url()).toBe(muster.url + playground);
    await page.getByText("No callback yet.").waitFor();
    expect(await page.getByText("logged out").count()).toBe(2);
    const [first] = await page.getByRole("navigation").getByRole("link").allTextContents();
    expect(first).toBe("Playground");
    await page.context().close();
  });

  it("shows what one user's group tells the other, and its callbacks arriving, from creation to disbanding", async () => {
    const page = await openLoggedIn(playground);
    await create(page, "leckie", "Public", "Chess club", false);
    await delivered(page, "AfterCreateGroup").waitFor();
    await told(page, "leckie", "You created Chess club.");

    await appOf(page, "peter").getByRole("button", { name: "Join Chess club" }).click();
    await appOf(page, "peter").getByText("asked to join").waitFor();
    await told(page, "leckie", "peter asks to join Chess club.");
    await page.getByRole("button", { name: "Accept" }).click();
    await told(page, "peter", "leckie let you into Chess club.");
    const joined = delivered(page, "AfterNewMemberJoin");
    await joined.getByText("What was sent").click();
    await joined.getByText('"Member_Account": "peter"').waitFor();
    await page.getByRole("button", { name: "Accept" }).waitFor({ state: "detached" });

    await appOf(page, "peter").getByRole("button", { name: "Leave Chess club" }).click();
    await told(page, "leckie", "peter left Chess club.");
    await delivered(page, "AfterMemberExit").waitFor();
    await appOf(page, "leckie").getByRole("button", { name: "Disband Chess club" }).click();
    await delivered(page, "AfterGroupDestroyed").waitFor();
    await expect.poll(() => appOf(page, "leckie").getByText("No groups.").isVisible()).toBe(true);
    await page.context().close();
  });

  it("makes communities with topics, and groups that one comes into by invitation", async () => {
    const page = await openLoggedIn(playground);
    await create(page, "leckie", "Community", "Harbour", true);
    await told(page, "peter", "leckie brought you into Harbour.");
    const app = appOf(page, "leckie");
    await app.getByLabel("New topic's name").fill("Boats");
    await app.getByRole("button", { name: "Add topic" }).click();
    await appOf(page, "peter").getByText("# Boats").waitFor();
    await told(page, "peter", "leckie created the topic Boats in Harbour.");
    await delivered(page, "AfterCreateTopic").waitFor();
    await app.getByRole("button", { name: "Delete the topic Boats" }).click();
    await told(page, "peter", "leckie deleted a topic in Harbour.");
    await delivered(page, "AfterTopicDestroyed").waitFor();

    await create(page, "peter", "Work", "Crew", false);
    await app.getByText("By invitation only").waitFor();
    await appOf(page, "peter").getByRole("button", { name: "Invite leckie" }).click();
    await told(page, "leckie", "peter brought you into Crew.");
    await app.getByRole("button", { name: "Leave Crew" }).click();
    await told(page, "peter", "leckie left Crew.");
    expect(await appOf(page, "peter").getByRole("button", { name: "Add topic" }).count()).toBe(0);
    await page.context().close();
  });

  it("says what is wrong where it is wrong, and keeps what is there while other pages are looked at", async () => {
    const page = await muster.openSignedIn(playground);
    const id = appOf(page, "leckie").getByLabel("User ID");
    await id.fill("peter");
    await page.getByText("Both cannot be the same user").first().waitFor();
    await appOf(page, "peter").first().getByLabel("User ID").fill("administrator");
    await appOf(page, "administrator").getByRole("button", { name: "Log in" }).click();
    await page.getByText("is an administrator's, for whom none is signed here").waitFor();
    await appOf(page, "administrator").getByLabel("User ID").fill("bob");
    await page.getByRole("button", { name: "Log both in" }).click();
    await page.locator(".presence.in").nth(1).waitFor();

    await create(page, "bob", "Meeting", "a".repeat(30), false);
    const app = appOf(page, "bob");
    await app.getByLabel("Name", { exact: true }).fill("n".repeat(31));
    await app.getByRole("button", { name: "Create" }).click();
    await app.getByRole("alert").waitFor();
    expect(await app.getByLabel("Name", { exact: true }).inputValue()).toBe("n".repeat(31));

    await page.getByRole("link", { name: "Deliveries" }).click();
    await page.getByRole("heading", { name: "Deliveries" }).waitFor();
    await page.goBack();
    await app.locator(".presence.in").waitFor();
    await app.locator(".group-cards").getByText("a".repeat(30)).waitFor();
    await page.context().close();
  });

  it("says that the app ended a login, and logs in again with what is there by then", async () => {
    const page = await openLoggedIn(playground);
    await muster.rest("im_open_login_svc/kick", { UserID: "peter" });
    await told(page, "peter", "The app ended your session, or your UserSig counts no more. Log in again.");
    await appOf(page, "peter").getByText("logged out").waitFor();
    const MemberList = [{ Member_Account: "leckie" }, { Member_Account: "peter" }];
    await muster.rest("group_open_http_svc/create_group", { Type: "Public", Name: "Made meanwhile", MemberList });
    await told(page, "leckie", "administrator brought you into Made meanwhile.");
    await appOf(page, "peter").getByRole("button", { name: "Log in" }).click();
    await appOf(page, "peter").locator(".group-cards").getByText("Made meanwhile").waitFor();
    expect(await page.locator(".presence.in").count()).toBe(2);
    await page.context().close();
  });

  it("has nothing that axe finds serious, wide and narrow, light and dark", async () => {
    const page = await openLoggedIn(playground, { reducedMotion: "reduce" });
    await create(page, "leckie", "Community", "Harbour watch", true);
    await delivered(page, "AfterCreateGroup").first().waitFor();
    for (const [colorScheme, width] of [
      ["light", 1440],
      ["dark", 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      expect(await seriousFaults(page), `at ${width}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    }
    await page.context().close();
  });

  it("speaks Chinese where the browser does", async () => {
    const page = await openLoggedIn(playground, { locale: "zh-CN" });
    await page.getByRole("heading", { name: "体验" }).waitFor();
    const app = page.getByRole("region", { name: "leckie 的应用" });
    await app.getByRole("button", { name: "创建", exact: true }).click();
    await page.getByText("leckie 将您加入 MyFirstGroup。").first().waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-Hans");
    await page.context().close();
  });

  it("says nothing in the browser's console, whatever was done", () => {
    expect(muster.complaints).toEqual([]);
  });
});
