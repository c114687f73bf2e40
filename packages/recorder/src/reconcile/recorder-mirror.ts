import { callbackSign, callbackUrl } from "@muster/protocol";
import * as z from "zod";

import type { GroupView } from "./group-view.ts";
import type { MendingEvent } from "./mending-events.ts";
import { RECONCILED_PLATFORM } from "./reconciled.ts";
import { ReconcileError } from "./reconcile-error.ts";

/** What a recorder is called with. */
export interface RecorderMirrorParts {
  /** Without a path: `http://127.0.0.1:9100`. */
  readonly url: string;
  /** Where it takes callbacks: `/callback`. */
  readonly path: string;
  readonly sdkAppId: number;
  /** What the app's callbacks are signed with. */
  readonly token: string | undefined;
  /** What lets one in to its interface, where it asks for that. */
  readonly adminToken?: string | undefined;
  /** In ms since 1970. */
  readonly now: () => number;
}

/** A gap in the numbers of a group. */
export interface RecorderGap {
  readonly groupId: string;
  readonly from: number;
  readonly to: number;
}

/** A recorder's mirror, through its HTTP interface. */
export interface RecorderMirror {
  /** The ids of the groups that are there, by the mirror's tables. */
  listGroups(): AsyncIterable<string>;
  /** A group that is there, as the mirror has it. */
  readGroup(groupId: string): Promise<GroupView | undefined>;
  /**
   * Hands in a callback that is marked as made by reconciling.
   * @param happenedAt its `EventTime`, in ms since 1970
   */
  mend(groupId: string, event: MendingEvent, id: string, happenedAt: number): Promise<void>;
  gaps(): AsyncIterable<RecorderGap>;
}

const row = z.object({ sdk_app_id: z.number(), group_id: z.string(), state: z.string() });
const group = z.object({
  groupId: z.string(),
  exists: z.boolean(),
  type: z.string().nullable(),
  name: z.string().nullable(),
  introduction: z.string().nullable(),
  notification: z.string().nullable(),
  faceUrl: z.string().nullable(),
  owner: z.string().nullable(),
  members: z.array(z.object({ userId: z.string(), role: z.string(), nameCard: z.string().nullable() })),
  topics: z.array(z.object({ topicId: z.string(), name: z.string() })),
  customFields: z.record(z.string(), z.string()),
});
const gapPage = z.object({
  gaps: z.array(z.object({ groupId: z.string(), from: z.number(), to: z.number() })),
  next: z.string().nullable(),
});

export function createRecorderMirror(parts: RecorderMirrorParts): RecorderMirror {
  const { url, path, sdkAppId, token, adminToken, now } = parts;
  const headers = adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` };

  async function ask(target: URL, request: RequestInit): Promise<Response> {
    return await fetch(target, request).catch(() => {
      throw new ReconcileError(`No recorder answers at ${url}: start one (muster record), or name another.`);
    });
  }

  const get = (target: string): Promise<Response> => ask(new URL(target, url), { headers });

  /** An IM backend answers 200 whatever it is asked. */
  function read<T>(schema: z.ZodType<T>, value: unknown): T {
    const answer = schema.safeParse(value);
    if (answer.success) return answer.data;
    throw new ReconcileError(`What answers at ${url} is no recorder: name another.`);
  }

  async function refusal(response: Response): Promise<ReconcileError> {
    return new ReconcileError(`The recorder at ${url} refused (${response.status}): ${await response.text()}`);
  }

  return {
    async *listGroups() {
      const response = await get("/v1/export?what=groups");
      if (!response.ok || !response.body) throw await refusal(response);
      for await (const line of linesOf(response.body)) {
        const { sdk_app_id: app, group_id: groupId, state } = read(row, JSON.parse(line));
        if (app === sdkAppId && state === "there") yield groupId;
      }
    },
    async readGroup(groupId) {
      const response = await get(`/v1/groups/${encodeURIComponent(groupId)}?sdkAppId=${sdkAppId}`);
      if (response.status === 404) return undefined;
      if (!response.ok) throw await refusal(response);
      const found = read(group, await response.json());
      return found.exists ? viewOf(found) : undefined;
    },
    async mend(groupId, { command, fields }, id, happenedAt) {
      const requestTime = String(Math.floor(now() / 1_000));
      const auth = token === undefined ? undefined : { sign: await callbackSign(token, requestTime), requestTime };
      const query = { sdkAppId, command, clientIp: "127.0.0.1", platform: "RESTAPI", ...(auth && { auth }) } as const;
      const target = callbackUrl(new URL(path, url).href, query);
      target.searchParams.set("OptPlatform", RECONCILED_PLATFORM);
      const body = { CallbackCommand: command, GroupId: groupId, ...fields, EventTime: happenedAt };
      const response = await ask(target, {
        method: "POST",
        headers: { "content-type": "application/json", "webhook-id": id },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw await refusal(response);
    },
    async *gaps() {
      for (let after: string | null = ""; after !== null;) {
        const response = await get(`/v1/gaps?sdkAppId=${sdkAppId}&limit=1000&after=${encodeURIComponent(after)}`);
        if (!response.ok) throw await refusal(response);
        const page: z.output<typeof gapPage> = read(gapPage, await response.json());
        yield* page.gaps;
        after = page.next;
      }
    },
  };
}

function viewOf(found: z.output<typeof group>): GroupView {
  return {
    groupId: found.groupId,
    type: found.type ?? undefined,
    texts: {
      name: found.name ?? undefined,
      introduction: found.introduction ?? undefined,
      notification: found.notification ?? undefined,
      faceUrl: found.faceUrl ?? undefined,
    },
    owner: found.owner ?? undefined,
    members: new Map(found.members.map(({ userId, role, nameCard }) => [userId, { role, nameCard: nameCard ?? "" }])),
    topics: new Map(found.topics.map(({ topicId, name }) => [topicId, name])),
    customFields: new Map(Object.entries(found.customFields)),
  };
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of body) {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
