import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { seriousFaults, startConsole, type ConsoleUnderTest } from "../harness/console.ts";
import { OK, startEndpoint } from "../harness/endpoint.ts";

// A browser, a server and a recorder share two cores with whatever else is tested.
vi.setConfig({ testTimeout: 180_000 });

let muster: ConsoleUnderTest;
let settings: string;
let path: string;

beforeAll(async () => {
  muster = await startConsole();
  settings = `/console/${muster.sdkAppId}/settings`;
  path = `/apps/${muster.sdkAppId}`;
}, 180_000);

afterAll(async () => {
  await muster.stop();
});

interface AppAnswer {
  readonly settings: Record<string, unknown> & { readonly callback?: Record<string, unknown> };
  readonly secrets: Record<string, { readonly fingerprint: string; readonly previous: readonly unknown[] }>;
}

/** The demo app as the admin API shows it. */
const app = async (): Promise<AppAnswer> => (await muster.admin("GET", path))["app"] as AppAnswer;
const section = (page: Page, name: string): Locator => page.getByRole("region", { name, exact: true });
const save = (within: Locator): Promise<void> => within.getByRole("button", { name: "Save", exact: true }).click();

describe("the callback URL", () => {
  it("is verified as it stands in the field, each step explained, and refused with a sentence at the field", async () => {
    const page = await muster.openSignedIn(settings);
    const callback = section(page, "Callback");
    const url = callback.getByLabel("Callback URL");
    await callback.getByRole("button", { name: "Verify" }).click();
    await callback.getByText("It works: a callback would have been delivered.").waitFor();

    await url.fill("http://127.0.0.1:9/callback");
    await callback.getByRole("button", { name: "Verify" }).click();
    await callback.getByText("It does not work yet").waitFor();
    const connection = callback.getByRole("listitem").filter({ hasText: "Connection" });
    await connection.getByText("failed", { exact: true }).waitFor();
    await connection.getByText("What to do:").waitFor();
    await callback.getByText("The app's token was not sent").waitFor();

    await url.fill("backend");
    await save(callback);
    await callback.getByText("Must be a URL that begins with http:// or https://.").waitFor();
    expect(await url.getAttribute("aria-invalid")).toBe("true");
    expect(await url.inputValue()).toBe("backend");
    await callback.getByRole("button", { name: "Undo" }).click();
    expect(await url.inputValue()).toBe(`${muster.recorder}/callback`);
    await callback.getByLabel("Private networks that it may lead to").fill("10.1.0.0/16\n10.0.0.0/4");
    await save(callback);
    await callback.getByText("Must not be wider than /8.").waitFor();
    await callback.getByLabel("Private networks that it may lead to").fill("10.1.0.0/16");
    await save(callback);
    await callback.getByText("Saved.").waitFor();
    expect((await app()).settings.callback).toMatchObject({ allowNetworks: ["10.1.0.0/16"] });
    await page.context().close();
  });
});

describe("settings", () => {
  it("turn callbacks on and off by their switches, with what shares them", async () => {
    const page = await muster.openSignedIn(settings);
    const switches = section(page, "Callbacks that are sent");
    await switches.getByText("also AfterCreateTopic").waitFor();
    await switches.getByLabel("After a group was handed over").uncheck();
    await switches.getByLabel("Before a group or a topic is created").check();
    await save(switches);
    await switches.getByText("Saved.").waitFor();
    const on = (await app()).settings.callback?.["switches"] as string[];
    expect(on).toContain("Group.CallbackBeforeCreateGroup");
    expect(on).not.toContain("Group.CallbackAfterChangeGroupOwner");
    await switches.getByLabel("Before a group or a topic is created").uncheck();
    await save(switches);
    await switches.getByText("Saved.").waitFor();
    await page.context().close();
  });

  it("are saved section by section, with what is wrong said at the field", async () => {
    const page = await muster.openSignedIn(settings);
    const delivery = section(page, "Delivery");
    await delivery.getByLabel("Try again").selectOption("own");
    await delivery.getByLabel("Delays in seconds").fill("5, soon");
    await save(delivery);
    await delivery.getByText("Enter a whole number.").waitFor();
    await delivery.getByLabel("Delays in seconds").fill("5, 60");
    await delivery.getByLabel("Most at a time").fill("1000");
    await save(delivery);
    await delivery.getByText("Must be a number from 1 to 256.").waitFor();
    await delivery.getByLabel("Most at a time").fill("8");
    await delivery.getByLabel("Most in a second").fill("100");
    await save(delivery);
    await delivery.getByText("Saved.").waitFor();

    const own = section(page, "App");
    await own.getByLabel("Custom fields of groups").fill("Colour\n1st");
    await save(own);
    await own.getByText("not beginning with a digit").waitFor();
    await own.getByLabel("Custom fields of groups").fill("Colour\nSize");
    await own.getByLabel("Topics in communities").uncheck();
    await save(own);
    await own.getByText("Saved.").waitFor();

    const form = section(page, "Form of callbacks");
    await form.getByLabel("EventTime is").selectOption("string");
    await save(form);
    await form.getByText("Saved.").waitFor();

    const quantities = section(page, "Quantities");
    await quantities.getByLabel("Members of a Public group").fill("50");
    await quantities.getByLabel("Groups", { exact: true }).fill("1000");
    await quantities.getByLabel("Calls of each REST command").selectOption("documented");
    await save(quantities);
    await quantities.getByText("Saved.").waitFor();

    expect((await app()).settings).toMatchObject({
      callback: { retry: [5, 60], concurrency: 8, rate: 100 },
      groupCustomFields: ["Colour", "Size"],
      features: { community: true, topic: false },
      profile: { eventTime: "string" },
      quantities: { groups: 1_000, membersPerGroup: { Public: 50 } },
      rates: "documented",
    });
    await quantities.getByLabel("Groups", { exact: true }).fill("");
    await save(quantities);
    await quantities.getByText("Saved.").waitFor();
    expect((await app()).settings["quantities"]).not.toHaveProperty("groups");
    await page.context().close();
  });

  it("tell kindly that somebody else changed them, and keep what was typed", async () => {
    const page = await muster.openSignedIn(settings);
    const own = section(page, "App");
    await own.getByLabel("Administrators").fill("administrator\nleckie");
    await muster.admin("PATCH", path, { name: "renamed by peter" });
    await save(own);
    await own.getByText("Somebody else changed this app meanwhile").waitFor();
    expect(await own.getByLabel("Name").inputValue()).toBe("renamed by peter");
    expect(await own.getByLabel("Administrators").inputValue()).toBe("administrator\nleckie");
    await save(own);
    await own.getByText("Saved.").waitFor();
    expect((await app()).settings).toMatchObject({
      name: "renamed by peter",
      administrators: ["administrator", "leckie"],
    });
    await page.context().close();
  });

  it("keep what was typed when the connection is lost, the session ends, or another page is looked at", async () => {
    const page = await muster.openSignedIn(settings);
    const own = section(page, "App");
    await own.getByLabel("Name").fill("typed with care");
    await page.context().setOffline(true);
    await save(own);
    await own.getByText("The server cannot be reached.").waitFor();
    await page.context().setOffline(false);
    await page.getByText("The server answers again.").waitFor();
    expect(await own.getByLabel("Name").inputValue()).toBe("typed with care");

    await page.getByRole("link", { name: "Deliveries" }).click();
    await page.getByRole("heading", { name: "Deliveries" }).waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    await own.getByLabel("Name").waitFor();
    expect(await own.getByLabel("Name").inputValue()).toBe("typed with care");

    await page.context().clearCookies();
    await save(own);
    await page.getByLabel("Admin token").fill(muster.adminToken);
    await page.getByLabel("Admin token").press("Enter");
    await own.getByText("Saved.").waitFor();
    expect((await app()).settings["name"]).toBe("typed with care");
    await page.context().close();
  });
});

describe("secrets", () => {
  it("are rotated with an overlap, and shown once", async () => {
    const before = (await app()).secrets;
    const page = await muster.openSignedIn(settings);
    const token = section(page, "Authentication token");
    await token.getByText(`its fingerprint is ${before["token"]?.fingerprint}`).waitFor();
    await token.getByRole("button", { name: "Rotate the token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("New one").fill("the-next-token");
    await dialog.getByLabel("The old one counts for").selectOption({ label: "an hour" });
    await dialog.getByRole("button", { name: "Rotate" }).click();
    await dialog.getByText("The new one counts.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await token.getByText(`An older one (${before["token"]?.fingerprint}) counts until`).waitFor();

    const key = section(page, "Secret key");
    await key.getByRole("button", { name: "Rotate the secret key" }).click();
    await dialog.getByRole("button", { name: "Rotate" }).click();
    const made = await dialog.locator("code").textContent();
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    await dialog.getByRole("button", { name: "Close" }).click();
    expect(await page.content()).not.toContain(made);
    expect((await app()).secrets["secretKey"]?.fingerprint).not.toBe(before["secretKey"]?.fingerprint);
    await page.context().close();
  });
});

describe("an endpoint that fails", () => {
  it("says so, and is sent what waits once somebody says that it is back", async () => {
    let isUp = false;
    const backend = await startEndpoint("/callback", () => (isUp ? OK : { status: 503, text: "not now" }));
    await muster.admin("PATCH", path, { callback: { url: backend.url, retry: [600] } });
    for (let i = 0; i < 12; i += 1) {
      await muster.rest("group_open_http_svc/create_group", { Type: "Public", Name: "MyFirstGroup" });
    }
    await expect.poll(() => muster.admin("GET", `${path}/endpoint`)).toMatchObject({ state: "open" });
    const page = await muster.openSignedIn(settings);
    const endpoint = section(page, "Endpoint health");
    await endpoint.getByText("Failing", { exact: true }).waitFor();
    await endpoint.getByText("HTTP status is not 200").waitFor();
    isUp = true;
    await endpoint.getByRole("button", { name: "I'm back" }).click();
    await endpoint.getByText("Healthy", { exact: true }).waitFor();
    await expect.poll(() => muster.admin("GET", `${path}/endpoint`)).toMatchObject({ state: "closed", pending: 0 });
    await page.context().close();
  });
});

describe("apps", () => {
  it("are made with a key that is shown once, and deleted by whoever types their id", async () => {
    const page = await muster.openSignedIn(settings);
    const dialog = page.getByRole("dialog");
    await page.getByRole("button", { name: "New app" }).click();
    await dialog.getByLabel("SDKAppID").fill(String(muster.sdkAppId));
    await dialog.getByRole("button", { name: "Create" }).click();
    await dialog.getByText(`There is an app ${muster.sdkAppId} already`).waitFor();
    await dialog.getByLabel("SDKAppID").fill("1400000002");
    await dialog.getByLabel("Name").fill("chess");
    await dialog.getByRole("button", { name: "Create" }).click();
    expect(await dialog.locator("code").textContent()).toMatch(/^[0-9a-f]{64}$/);
    await dialog.getByRole("button", { name: "Open the app" }).click();
    await page.waitForURL("**/console/1400000002/settings");
    await page.getByText("made here").waitFor();
    expect(await section(page, "Delivery").count()).toBe(0);
    const callback = section(page, "Callback");
    await callback.getByLabel("Callback URL").fill(`${muster.recorder}/callback`);
    await save(callback);
    await callback.getByText("Must not lead to 127.0.0.1, which is private").waitFor();
    await callback.getByLabel("May lead to this machine and to private addresses").check();
    await save(callback);
    await section(page, "Authentication token").getByText("None: callbacks are not signed").waitFor();
    await callback.getByRole("button", { name: "Remove the URL" }).click();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await section(page, "Delivery").waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Delete the app" }).click();
    const remove = dialog.getByRole("button", { name: "Delete", exact: true });
    expect(await remove.isDisabled()).toBe(true);
    await dialog.getByLabel("To confirm, type 1400000002").fill("1400000002");
    await remove.click();
    await page.waitForURL(`**/console/${muster.sdkAppId}/*`);
    const { apps } = await muster.admin("GET", "/apps");
    expect(apps).toMatchObject([{ sdkAppId: muster.sdkAppId }]);
    await page.context().close();
  });

  it("can be made where there is none, and the key is there until it was read", async () => {
    await muster.admin("DELETE", path);
    const page = await muster.openSignedIn("/console");
    await page.getByText("There is no app yet.").waitFor();
    await page.getByRole("button", { name: "New app" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("SDKAppID").fill("1400000003");
    await dialog.getByLabel("SDKAppID").press("Enter");
    await expect.poll(() => muster.admin("GET", "/apps")).toMatchObject({ apps: [{ sdkAppId: 1400000003 }] });
    expect(await dialog.locator("code").textContent()).toMatch(/^[0-9a-f]{64}$/);
    await dialog.getByRole("button", { name: "Open the app" }).click();
    await section(page, "Secret key").waitFor();
    await muster.admin("DELETE", "/apps/1400000003");
    await muster.admin("DELETE", `${path}/changes`);
    await muster.admin("PATCH", path, { name: "changed" });
    await page.context().close();
  });

  it("of the configuration file can be had as the file says again", async () => {
    const page = await muster.openSignedIn(settings);
    await page.getByText("from the configuration file, changed here").waitFor();
    await page.getByRole("button", { name: "Have it as the file says" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Have it as the file says" }).click();
    await page.getByText("The app is as the configuration file says.").waitFor();
    await page.getByText("from the configuration file", { exact: true }).waitFor();
    expect((await app()).settings["name"]).toBe("demo");
    await page.context().close();
  });
});

describe("the page", () => {
  it("has nothing that axe finds serious, wide and narrow, light and dark", async () => {
    const page = await muster.openSignedIn(settings, { reducedMotion: "reduce" });
    const callback = section(page, "Callback");
    await callback.getByRole("button", { name: "Verify" }).click();
    await callback.getByRole("list").waitFor();
    for (const [colorScheme, width] of [
      ["light", 1280],
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
    const page = await muster.openSignedIn(settings, { locale: "zh-CN" });
    await page.getByRole("heading", { name: "设置", exact: true }).waitFor();
    await page.getByText("创建群组或话题之后").waitFor();
    await page.getByLabel("回调 URL").fill("backend");
    await page.getByRole("button", { name: "验证" }).click();
    await page.getByText("必须是以 http:// 或 https:// 开头的 URL。").waitFor();
    await page.getByText("请换一个 URL。").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-Hans");
    await page.context().close();
  });

  it("says nothing in the browser's console, whatever was done", () => {
    expect(muster.complaints).toEqual([]);
  });
});
