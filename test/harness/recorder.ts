import { createLog, systemClock, type ClientTimeouts, type Clock } from "@muster/foundation";
import { recorderSection, startRecorder, type EventJson, type OwnSink, type RunningRecorder } from "@muster/recorder";
import { onTestFinished } from "vitest";

import { temporaryFolder } from "./folder.ts";
import { storeIn } from "./store.ts";

/** The app whose callbacks the recorders of tests take, unless they are told otherwise. */
export const SDK_APP_ID = 1400000001;

/** What a request was answered with. */
interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A list as the recorder gives it. */
export interface EventList {
  readonly events: readonly (EventJson & { readonly what?: string })[];
  readonly next: string | null;
}

/** What is posted as a callback. */
interface Posted {
  readonly body: Readonly<Record<string, unknown>>;
  readonly sdkAppId?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** More of the query, with a leading `&`. */
  readonly query?: string;
}

/** A recorder that listens, and ways to talk to it. */
export interface RecorderUnderTest extends RunningRecorder {
  readonly folder: string;
  /** Its store, as it is configured. */
  readonly store: string;
  /** Posts a callback as its sender would. */
  post(posted: Posted): Promise<HttpAnswer>;
  /** Fetches any path. */
  request(path: string, init?: RequestInit): Promise<HttpAnswer>;
  /** Fetches a path that must be answered with 200 and JSON. */
  get<T>(path: string): Promise<T>;
}

export interface RecorderSettings {
  readonly folder?: string;
  readonly clock?: Clock;
  /** Settings of the `recorder` section that are not as always. */
  readonly section?: Readonly<Record<string, unknown>>;
  readonly sinks?: readonly OwnSink[];
  readonly timeouts?: ClientTimeouts;
}

/** Starts a recorder on a free port, with its journal on disk; it is stopped when the test is over. */
export async function startTestRecorder(settings: RecorderSettings = {}): Promise<RecorderUnderTest> {
  const { folder = temporaryFolder(), clock = systemClock, section = {}, sinks = [], timeouts = {} } = settings;
  const config = recorderSection.parse({
    port: 0,
    store: await storeIn(folder, "recorder"),
    apps: [{ sdkAppId: SDK_APP_ID }],
    // Its thread takes a moment to start, and few tests look at it.
    mirror: false,
    ...section,
  });
  const recorder = await startRecorder(config, { clock, sinks, timeouts, log: createLog("recorder", "silent") });
  onTestFinished(() => recorder.stop());

  async function request(path: string, init: RequestInit = {}): Promise<HttpAnswer> {
    const response = await fetch(recorder.url + path, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  return {
    ...recorder,
    folder,
    store: config.store,
    request,
    post: ({ body, sdkAppId = SDK_APP_ID, headers = {}, query = "" }) =>
      request(`${config.path}?${callbackQuery(String(body["CallbackCommand"]), sdkAppId)}${query}`, {
        method: "POST",
        body: JSON.stringify(body),
        headers,
      }),
    async get<T>(path: string) {
      const { status, text } = await request(path);
      if (status !== 200) throw new Error(`${path}: HTTP status ${status}: ${text}`);
      return JSON.parse(text) as T;
    },
  };
}

/** The query of a callback, unsigned. */
export function callbackQuery(command: string, sdkAppId: number = SDK_APP_ID): string {
  return `SdkAppid=${sdkAppId}&CallbackCommand=${encodeURIComponent(command)}&contenttype=json&ClientIP=127.0.0.1&OptPlatform=RESTAPI`;
}

/** Every page of a list of events. */
export async function allEvents(recorder: RecorderUnderTest, path = "/v1/events"): Promise<EventList["events"]> {
  const events: EventJson[] = [];
  for (let after: string | null = ""; after !== null;) {
    const separator = path.includes("?") ? "&" : "?";
    const page: EventList = await recorder.get(`${path}${separator}after=${after}`);
    events.push(...page.events);
    after = page.next;
  }
  return events;
}
