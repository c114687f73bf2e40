import { nextTurn } from "@muster/foundation";
import type { FastifyInstance } from "fastify";
import * as z from "zod";

import { eventJson, type EventJson } from "../event-json.ts";
import { inOrder } from "../group/in-order.ts";
import { readGroup, type GroupRecord } from "../group/read-group.ts";
import { whatHappened } from "../group/what-happened.ts";
import { PAGE_BYTES } from "../journal/event-reader.ts";
import type { EventPlace, GroupKey, Span } from "../journal/group-reader.ts";
import type { Journal } from "../journal/journal.ts";
import { instant, paging, readParameters, sdkAppId } from "./parameters.ts";
import { Refusal } from "./refusal.ts";

/** Places that are read in one go, before others have their turn. */
const PART = 5_000;

const params = z.object({ groupId: z.string() });

/** `GET /v1/groups` and what is below it: every group that an event told of, as the events tell of it. */
export function addGroupRoutes(http: FastifyInstance, { journal }: { readonly journal: Journal }): void {
  http.get("/v1/groups", async (request) => {
    const { after, limit } = readParameters(paging, request.query);
    const found = await journal.readGroups(after, limit + 1);
    const groups = [];
    for (const group of found.slice(0, limit)) {
      groups.push(summary(await readGroup(journal, group)));
      await nextTurn();
    }
    return { groups, next: found.length > limit ? String(found[limit - 1]?.firstPosition) : null };
  });

  http.get("/v1/groups/:groupId", async (request) => {
    const { at, sdkAppId: app } = readParameters({ sdkAppId, at: instant }, request.query);
    const group = await groupAsked(journal, request.params, app);
    const snapshot = at === undefined ? undefined : await journal.readSnapshot(group);
    if (at !== undefined && snapshot && at < snapshot.instant) {
      throw new Refusal(
        410,
        `What this group was then is not known any more: its events up to ${snapshot.instant} were removed as old.`,
      );
    }
    return detail(await readGroup(journal, group, { instant: at }));
  });

  http.get("/v1/groups/:groupId/timeline", async (request) => {
    const shape = { sdkAppId, from: instant, to: instant, ...paging };
    const { after, limit, sdkAppId: app, from, to } = readParameters(shape, request.query);
    if (from !== undefined && to !== undefined && from >= to) {
      throw new Refusal(400, "from must be before to: the timeline goes from the one to before the other.");
    }
    const group = await groupAsked(journal, request.params, app);
    const places = inOrder(await placesOf(journal, group, { from, to }));
    const start = after === 0 ? 0 : places.findIndex(({ position }) => position === after) + 1;
    if (after !== 0 && start === 0) {
      throw new Refusal(400, "after is not the position of one of the group's events there: take it from next.");
    }
    return timeline(journal, places, start, limit);
  });
}

/** The group that a path and perhaps `sdkAppId` name; of several apps, the one that had it first. */
async function groupAsked(journal: Journal, path: unknown, app: number | undefined): Promise<GroupKey> {
  const { groupId } = params.parse(path);
  const apps = await journal.appsOfGroup(groupId);
  const found = app === undefined ? apps[0] : apps.find((candidate) => candidate === app);
  if (found !== undefined) return { sdkAppId: found, groupId };
  throw new Refusal(404, "No event has told of this group: check its id, which must be percent-encoded in the path.");
}

async function placesOf(journal: Journal, group: GroupKey, span: Span): Promise<EventPlace[]> {
  const places: EventPlace[] = [];
  for (;;) {
    const part = await journal.readPlaces(group, places.at(-1)?.position ?? 0, PART, span);
    for (const place of part) places.push(place);
    if (part.length < PART) return places;
    await nextTurn();
  }
}

interface TimelineEvent extends EventJson {
  /** What happened, in a few words. */
  readonly what: string;
}

async function timeline(journal: Journal, places: readonly EventPlace[], start: number, limit: number) {
  const events: TimelineEvent[] = [];
  let bytes = 0;
  let read = start;
  for (const { position } of places.slice(start, start + limit)) {
    if (bytes >= PAGE_BYTES) break;
    read += 1;
    const event = await journal.readEvent(position);
    // It was removed as old since its place was read.
    if (!event) continue;
    const json = eventJson(event);
    const what = whatHappened(event.command, json.body, event.fault);
    events.push({ ...json, what: json.reconciled ? `reconciled: ${what}` : what });
    bytes += event.body.byteLength;
  }
  // Behind what was read, also where nothing of it was there any more.
  const last = places[read - 1];
  return { events, next: last && read < places.length ? String(last.position) : null };
}

/** A group in a list: what can be said of it in one line. */
function summary({ sdkAppId: app, groupId, state, lastSequence, gaps }: GroupRecord) {
  return {
    sdkAppId: app,
    groupId,
    exists: state.exists,
    life: state.life,
    type: state.type ?? null,
    name: state.name ?? null,
    owner: state.owner ?? null,
    memberCount: state.members.length,
    topicCount: state.topics.length,
    createdAt: state.createdAt ?? null,
    disbandedAt: state.disbandedAt ?? null,
    lastSequence: lastSequence ?? null,
    complete: gaps.length === 0,
  };
}

/** All that is known of a group. */
function detail({ sdkAppId: app, groupId, state, lastSequence, gaps }: GroupRecord) {
  return {
    sdkAppId: app,
    groupId,
    exists: state.exists,
    life: state.life,
    type: state.type ?? null,
    name: state.name ?? null,
    introduction: state.introduction ?? null,
    notification: state.notification ?? null,
    faceUrl: state.faceUrl ?? null,
    owner: state.owner ?? null,
    members: state.members.map(({ userId, role, nameCard = null, joinedAt = null }) => ({
      userId,
      role,
      nameCard,
      joinedAt,
    })),
    topics: state.topics,
    customFields: state.customFields,
    attributes: state.attributes,
    full: state.full,
    createdAt: state.createdAt ?? null,
    disbandedAt: state.disbandedAt ?? null,
    lastSequence: lastSequence ?? null,
    gaps,
  };
}
