import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace";

import { createLog, systemClock } from "@muster/foundation";
import { appsSection, serverConfig, serverSection, startServer } from "@muster/server";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";

import { OK, startEndpoint, type Endpoint } from "../harness/endpoint.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { sdkAppId, startIm } from "../harness/im.ts";
import { patient } from "../harness/patient.ts";
import { restApi, type RestCall } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";

const secretKey = "the-key-of-the-demo-app";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";
const given = { traceparent: `00-${TRACE}-${CALLER}-01` };
const CREATE = "group_open_http_svc/create_group";
/** In ms: what failed is tried again after so long. */
const HOUR = 3_600_000;
const group = { Type: "Public", Name: "endgames", GroupId: "chess", Owner_Account: "leckie" };

interface Traced {
  readonly rest: RestCall;
  readonly stop: () => Promise<void>;
}

/** @param ahead how far the server's clock goes ahead, in ms */
async function startTraced(endpoint: Endpoint, folder = temporaryFolder(), ahead = 0): Promise<Traced> {
  const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackBeforeCreateGroup"];
  const callback = { url: endpoint.url, allowPrivateNetwork: true, switches, retry: [HOUR / 1_000] };
  const server = await startServer(
    serverConfig(
      serverSection.parse({ port: 0, store: await storeIn(folder, "server") }),
      appsSection.parse([{ sdkAppId, secretKey, administrators: ["administrator", "leckie"], callback }]),
    ),
    {
      clock: { now: () => Date.now() + ahead, after: systemClock.after },
      log: createLog("server", "silent"),
      ...patient,
    },
  );
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= server.stop());
  onTestFinished(stop);
  const rest = await restApi(server.url, { sdkAppId, secretKey, administrator: "administrator" });
  return { rest, stop };
}

/** The callbacks that came, as the trace and the span that each belongs to. */
const traced = ({ arrivals }: Endpoint) =>
  arrivals.map(({ body, headers }) => {
    const [, traceId, spanId] = String(headers["traceparent"]).split("-");
    return { command: String(body["CallbackCommand"]), traceId, spanId };
  });

describe("where nobody records traces", () => {
  it("a callback carries the traceparent that the command was called with, also to be asked", async () => {
    const endpoint = await startEndpoint();
    const { rest } = await startTraced(endpoint);
    expect(await rest(CREATE, group, given)).toMatchObject({ ErrorCode: 0 });
    await endpoint.received(2);
    expect(endpoint.arrivals.map(({ headers }) => headers["traceparent"])).toEqual([
      given.traceparent,
      given.traceparent,
    ]);
  });

  it("a callback carries none where the command had none, or one that cannot be read", async () => {
    const endpoint = await startEndpoint();
    const { rest } = await startTraced(endpoint);
    await rest(CREATE, group);
    await rest(CREATE, { ...group, GroupId: "go" }, { traceparent: "00-0-0-01" });
    await endpoint.received(4);
    expect(endpoint.arrivals.map(({ headers }) => headers["traceparent"])).toEqual(Array(4).fill(undefined));
  });
});

describe("where traces are recorded", () => {
  const exporter = new InMemorySpanExporter();
  beforeAll(() => {
    const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    trace.setGlobalTracerProvider(provider);
  });
  beforeEach(() => exporter.reset());
  afterAll(() => trace.disable());

  /** The spans of a name as soon as there are so many. */
  async function spans(name: string, count: number): Promise<ReadableSpan[]> {
    const found = () => exporter.getFinishedSpans().filter((each) => each.name === name);
    await expect.poll(() => found().length).toBe(count);
    return found();
  }

  async function span(name: string): Promise<ReadableSpan> {
    const [only] = await spans(name, 1);
    if (!only) throw new Error(`there is no span ${name}`);
    return only;
  }

  const parent = ({ parentSpanContext }: ReadableSpan) => parentSpanContext?.spanId;
  const own = (of: ReadableSpan) => of.spanContext().spanId;

  it("a command goes on with its caller's trace: through the question and the commit to the callback", async () => {
    const endpoint = await startEndpoint();
    const { rest } = await startTraced(endpoint);
    await rest(CREATE, group, given);
    await endpoint.received(2);
    const command = await span("create_group");
    const ask = await span("ask Group.CallbackBeforeCreateGroup");
    const commit = await span("commit");
    const deliver = await span("deliver Group.CallbackAfterCreateGroup");
    expect([command, ask, commit, deliver].map(parent)).toEqual([CALLER, own(command), own(command), own(commit)]);
    expect([command, ask, commit, deliver].map(({ kind }) => kind)).toEqual([
      SpanKind.SERVER,
      SpanKind.CLIENT,
      SpanKind.INTERNAL,
      SpanKind.CLIENT,
    ]);
    for (const each of exporter.getFinishedSpans()) expect(each.spanContext().traceId).toBe(TRACE);
    expect(traced(endpoint)).toEqual([
      { command: "Group.CallbackBeforeCreateGroup", traceId: TRACE, spanId: own(ask) },
      { command: "Group.CallbackAfterCreateGroup", traceId: TRACE, spanId: own(deliver) },
    ]);
    expect(deliver.attributes).toEqual({
      "muster.sdk_app_id": sdkAppId,
      "muster.callback_id": endpoint.arrivals[1]?.headers["webhook-id"],
      "muster.sequence": 1,
      "muster.attempt": 1,
      "muster.outcome": "delivered",
      "http.response.status_code": 200,
    });
    expect(command.attributes).toEqual({ "muster.code": 0 });
  });

  it("later attempts belong to the same trace, after a restart too", async () => {
    const folder = temporaryFolder();
    let works = false;
    const endpoint = await startEndpoint("/callback", () => (works ? OK : { status: 503, text: "later" }));
    const first = await startTraced(endpoint, folder);
    await first.rest(CREATE, group, given);
    await spans("deliver Group.CallbackAfterCreateGroup", 1);
    await first.stop();
    works = true;
    await startTraced(endpoint, folder, 2 * HOUR);
    const attempts = await spans("deliver Group.CallbackAfterCreateGroup", 2);
    const commit = await span("commit");
    expect(attempts.map(parent)).toEqual([own(commit), own(commit)]);
    expect(attempts.map((each) => each.attributes["muster.attempt"])).toEqual([1, 2]);
    expect(attempts.map(({ status }) => status)).toEqual([
      { code: SpanStatusCode.ERROR, message: "status" },
      { code: SpanStatusCode.UNSET },
    ]);
    expect(traced(endpoint).slice(-2)).toEqual(
      attempts.map((each) => ({ command: "Group.CallbackAfterCreateGroup", traceId: TRACE, spanId: own(each) })),
    );
  });

  it("a command without a caller's trace begins one of its own", async () => {
    const endpoint = await startEndpoint();
    const { rest } = await startTraced(endpoint);
    await rest(CREATE, group);
    const deliver = await span("deliver Group.CallbackAfterCreateGroup");
    const command = await span("create_group");
    expect(parent(command)).toBeUndefined();
    expect(deliver.spanContext().traceId).toBe(command.spanContext().traceId);
  });

  it("what an app user asks for is traced as well", async () => {
    const im = await startIm();
    const leckie = await im.login("leckie");
    exporter.reset();
    await leckie.createGroup({ type: "Public", name: "endgames" });
    const deliver = await span("deliver Group.CallbackAfterCreateGroup");
    const [commit, request] = [await span("commit"), await span("createGroup")];
    expect([deliver, commit].map(parent)).toEqual([own(commit), own(request)]);
  });

  it("a span says nothing of groups, users or texts, whatever is called", async () => {
    const endpoint = await startEndpoint();
    const { rest } = await startTraced(endpoint);
    await rest(CREATE, group);
    await rest(CREATE, group);
    await rest("group_open_http_svc/chess-of-leckie", {});
    await span("unknown");
    await spans("commit", 1);
    await span("deliver Group.CallbackAfterCreateGroup");
    const told = JSON.stringify(
      exporter
        .getFinishedSpans()
        .map(({ name, attributes, events, status, links }) => [name, attributes, events, status, links]),
    );
    expect(told).not.toMatch(/chess|leckie|endgames|administrator/);
  });
});
