import { createLog, systemClock } from "@muster/foundation";
import { appsSection, serverConfig, serverSection, startServer } from "@muster/server";
import { describe, expect, it, onTestFinished } from "vitest";

import { OK, startEndpoint } from "../harness/endpoint.ts";
import { scrape, type Scraped } from "../harness/figures.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { sdkAppId, startIm } from "../harness/im.ts";
import { patient } from "../harness/patient.ts";
import { restApi, type RestCall } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";

const secretKey = "the-key-of-the-demo-app";
const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"];

interface Watched {
  readonly url: string;
  readonly rest: RestCall;
  /** The figures as soon as they fit. */
  figures(fit: (scraped: Scraped) => boolean): Promise<Scraped>;
}

/** A server with one app, whose callbacks go to a URL. */
async function startWatched(url: string, retry: "none" | readonly number[], now = Date.now): Promise<Watched> {
  const callback = { url, allowPrivateNetwork: true, switches, retry };
  const server = await startServer(
    serverConfig(
      serverSection.parse({ port: 0, store: await storeIn(temporaryFolder(), "server") }),
      appsSection.parse([{ sdkAppId, secretKey, callback }]),
    ),
    { clock: { now, after: systemClock.after }, log: createLog("server", "silent"), ...patient },
  );
  onTestFinished(() => server.stop());
  return {
    url: server.url,
    rest: await restApi(server.url, { sdkAppId, secretKey, administrator: "administrator" }),
    async figures(fit) {
      for (;;) {
        const scraped = await scrape(server.url);
        if (fit(scraped)) return scraped;
      }
    },
  };
}

const GROUPS = "group_open_http_svc";
const app = `sdk_app_id="${sdkAppId}"`;
const state = (name: string): string => `muster_callbacks{${app},state="${name}"}`;
const outcome = (name: string): string => `muster_attempts_total{${app},outcome="${name}"}`;
const create = ({ rest }: Watched, GroupId: string) =>
  rest(`${GROUPS}/create_group`, { Type: "Public", Name: "chess", GroupId });

describe("after so many deliveries and failures the figures say exactly so many", () => {
  it("where everything is delivered at last", async () => {
    const failing = new Set(["chess-2", "chess-5", "chess-8"]);
    const endpoint = await startEndpoint("/callback", ({ body }) =>
      failing.delete(String(body["GroupId"])) ? { status: 503, text: "later" } : OK,
    );
    const server = await startWatched(endpoint.url, [1]);
    for (let i = 0; i < 10; i += 1) await create(server, `chess-${i}`);
    const { value, startingWith } = await server.figures(
      // That it is written is seen before the server knows that it is.
      (now) => now.value(state("delivered")) === 10 && now.value("muster_results_unwritten") === 0,
    );

    expect(startingWith("muster_callbacks")).toEqual({
      [state("accepted")]: 10,
      [state("delivered")]: 10,
      [state("pending")]: 0,
      [state("dead")]: 0,
      [state("cancelled")]: 0,
    });
    expect(startingWith("muster_attempts_total")).toEqual({ [outcome("delivered")]: 10, [outcome("status")]: 3 });
    expect(value(`muster_attempt_duration_seconds_count{${app}}`)).toBe(13);
    expect(value(`muster_delivery_latency_seconds_count{${app}}`)).toBe(10);
    // Those that had to be tried again took at least as long as they had to wait, less the jitter.
    const atOnce = value(`muster_delivery_latency_seconds_bucket{${app},le="0.03"}`) ?? 0;
    expect(atOnce).toBeLessThanOrEqual(7);
    expect(value(`muster_delivery_latency_seconds_sum{${app}}`)).toBeGreaterThan(3 * 0.8);
    expect(value(`muster_attempts_under_way{${app}}`)).toBe(0);
    expect(value(`muster_oldest_pending_age_seconds{${app}}`)).toBe(0);
  });

  it("where nothing is, and the endpoint is left alone", async () => {
    // The clock stands still before the endpoint is looked at again, some 5 s after it was left alone.
    let stopsAt = Infinity;
    const endpoint = await startEndpoint("/callback", () => {
      stopsAt = Math.min(stopsAt, Date.now() + 3_000);
      return { status: 500, text: "broken" };
    });
    const server = await startWatched(endpoint.url, [3_600], () => Math.min(Date.now(), stopsAt));
    for (let i = 0; i < 12; i += 1) await create(server, `chess-${i}`);
    const open = `muster_endpoint_state{${app},state="open"}`;
    const { value, startingWith } = await server.figures((now) => now.value(open) === 1);
    expect(value(`muster_endpoint_openings_total{${app}}`)).toBe(1);
    expect(value(`muster_endpoint_state{${app},state="closed"}`)).toBe(0);
    expect(value(state("accepted"))).toBe(12);
    expect(value(state("pending"))).toBe(12);
    expect(value(`muster_oldest_pending_age_seconds{${app}}`)).toBeGreaterThan(0);
    // Ten failures in a row open the gate; those under way by then are counted too.
    const attempts = startingWith("muster_attempts_total");
    expect(Object.keys(attempts)).toEqual([outcome("status")]);
    expect(attempts[outcome("status")]).toBeGreaterThanOrEqual(10);
    expect(value(`muster_delivery_latency_seconds_count{${app}}`)).toBe(0);
  });

  it("where everything is given up", async () => {
    const endpoint = await startEndpoint("/callback", () => "no JSON");
    const server = await startWatched(endpoint.url, "none");
    for (let i = 0; i < 4; i += 1) await create(server, `chess-${i}`);
    const { value } = await server.figures((now) => now.value(state("dead")) === 4);
    expect([value(state("accepted")), value(state("pending"))]).toEqual([4, 0]);
    expect(value(outcome("not-json"))).toBe(4);
  });
});

it("calls of the REST API are counted by command and result, and what callers make up makes no new series", async () => {
  const endpoint = await startEndpoint();
  const server = await startWatched(endpoint.url, "none");
  for (const id of ["chess", "go", "chess"]) await create(server, id);
  await server.rest(`${GROUPS}/destroy_group`, { GroupId: "nobody" });
  for (const path of [`${GROUPS}/no_such_command`, "no_such_service/create_group"]) await server.rest(path, {});
  await fetch(`${server.url}/v4/${GROUPS}/create_group`, { method: "POST", body: "x".repeat(2_000_000) });
  const { startingWith, value } = await scrape(server.url);
  const requests = (command: string, result: string): string =>
    `muster_rest_requests_total{command="${command}",result="${result}"}`;
  expect(startingWith("muster_rest_requests_total")).toEqual({
    [requests("create_group", "ok")]: 2,
    [requests("create_group", "refused")]: 1,
    [requests("destroy_group", "refused")]: 1,
    [requests("unknown", "refused")]: 3,
  });
  expect(value('muster_rest_request_duration_seconds_count{command="create_group"}')).toBe(3);
  expect(value('muster_rest_request_duration_seconds_sum{command="create_group"}')).toBeGreaterThan(0);
  // Each of the two groups, and each result, was a piece of work in some commit.
  expect(value("muster_commit_batch_size_sum")).toBeGreaterThanOrEqual(4);
  expect(value("muster_commit_duration_seconds_count")).toBe(value("muster_commit_batch_size_count"));
});

it("app users are counted once, however many devices they have", async () => {
  const im = await startIm();
  await im.login("leckie");
  const phone = await im.login("leckie", { platform: "iOS" });
  await im.login("peter");
  const users = `muster_connected_users{sdk_app_id="${sdkAppId}"}`;
  const counted = async (): Promise<unknown> => {
    const { value } = await scrape(im.url);
    return [value("muster_connected_devices"), value(users)];
  };
  expect(await counted()).toEqual([3, 2]);
  await phone.logout();
  await expect.poll(counted).toEqual([2, 2]);
});
