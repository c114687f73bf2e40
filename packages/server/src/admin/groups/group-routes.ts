import { settings } from "@muster/foundation";
import { groupTypes } from "@muster/protocol";
import * as z from "zod";

import { findGroup } from "../../commands/find-group.ts";
import { headCount } from "../../commands/head-count.ts";
import type { App } from "../../app-settings.ts";
import type { Group } from "../../group/group.ts";
import { adminRoute, nothing, type AdminPorts, type AdminRoute } from "../admin-route.ts";
import { appOf, groupPath, refused } from "./group-path.ts";
import {
  groupDetail,
  groupSummary,
  memberView,
  topicView,
  viewOfDetail,
  viewOfGroup,
  viewOfMember,
  viewOfTopic,
} from "./group-view.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
/** Most groups whose names one page looks at. */
const MOST_EXAMINED = 500;

const place = z.int().min(0).meta({ description: "a place in the order: what next said" });
const limit = z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT);

const listGroups = adminRoute(
  {
    method: "GET",
    path: "/apps/{sdkAppId}/groups",
    operationId: "listGroups",
    summary: "An app's groups, in the order of their creation",
    description:
      "With find: the group of that id, then those that the user of that id is in, then those whose name has that in " +
      "it. Names are looked at 500 at a time: a page may be short, or empty, and only next: null is the end.",
    parameters: z.strictObject({ sdkAppId: settings.sdkAppId }),
    query: z.strictObject({
      find: z.string().max(96).optional().meta({ description: "a group's id, a user's id, or a part of a name" }),
      type: z.enum(groupTypes).optional(),
      after: place.default(0),
      limit,
    }),
    answer: {
      status: 200,
      description: "The groups, and where the next page begins",
      schema: z.strictObject({
        groups: z.array(groupSummary),
        total: z.int().meta({ description: "how many groups of the type the app has" }),
        next: place.nullable(),
      }),
    },
    refusals: ["not-found"],
  },
  async (ports, { path, query }) => {
    const app = appOf(ports, path.sdkAppId);
    const reads = ports.executor.store.read(app.sdkAppId);
    const { find = "", type, after } = query;
    const page = { ...(type !== undefined && { type }), after, limit: find === "" ? query.limit : MOST_EXAMINED };
    const { groupIds, next } = await reads.groupPage(page);
    const groups = new Map<string, Group>();
    const add = (group: Group | undefined): void => {
      if (group && (type === undefined || group.type === type)) groups.set(group.groupId, group);
    };
    if (find !== "" && after === 0) {
      add(await reads.group(find));
      for (const { group } of await reads.joinedGroups(find)) add(group);
      for (const group of await reads.ownedGroups(find)) add(group);
    }
    const wanted = find.toLowerCase();
    for (const groupId of groupIds) {
      const group = await reads.group(groupId);
      if (group?.name.toLowerCase().includes(wanted)) add(group);
    }
    const isEnd = groupIds.length < page.limit;
    return {
      status: 200,
      body: {
        groups: await Promise.all([...groups.values()].map((group) => summary(ports, app, group))),
        total: await reads.groupCount(type),
        next: isEnd ? null : next,
      },
    };
  },
);

const readGroup = adminRoute(
  {
    method: "GET",
    path: "/apps/{sdkAppId}/groups/{groupId}",
    operationId: "readGroup",
    summary: "One group, with its profile",
    parameters: groupPath,
    query: nothing,
    answer: { status: 200, description: "The group", schema: groupDetail },
    refusals: ["not-found"],
  },
  async (ports, { path: { sdkAppId, groupId } }) => {
    const app = appOf(ports, sdkAppId);
    const reads = ports.executor.store.read(sdkAppId);
    const group = await existing(ports, sdkAppId, groupId);
    const more = { topics: await reads.topicCount(groupId), attributes: await reads.attributes(groupId) };
    return { status: 200, body: viewOfDetail(group, await headCount(ports.executor, app, group), more) };
  },
);

const listMembers = adminRoute(
  {
    method: "GET",
    path: "/apps/{sdkAppId}/groups/{groupId}/members",
    operationId: "listMembers",
    summary: "A group's members, in the order in which they joined",
    parameters: groupPath,
    query: z.strictObject({ after: place.default(0), limit }),
    answer: {
      status: 200,
      description: "The members, and where the next page begins",
      schema: z.strictObject({ members: z.array(memberView), next: place.nullable() }),
    },
    refusals: ["not-found"],
  },
  async (ports, { path: { sdkAppId, groupId }, query }) => {
    await existing(ports, sdkAppId, groupId);
    const page = await ports.executor.store.read(sdkAppId).memberPage(groupId, { ...query, offset: 0 });
    const next = page.members.length < query.limit ? null : page.next;
    return { status: 200, body: { members: page.members.map(viewOfMember), next } };
  },
);

const listTopics = adminRoute(
  {
    method: "GET",
    path: "/apps/{sdkAppId}/groups/{groupId}/topics",
    operationId: "listTopics",
    summary: "A community's topics, in the order of their creation",
    parameters: groupPath,
    query: z.strictObject({ after: place.default(0), limit }),
    answer: {
      status: 200,
      description: "The topics, and where the next page begins",
      schema: z.strictObject({ topics: z.array(topicView), next: place.nullable() }),
    },
    refusals: ["not-found"],
  },
  async (ports, { path: { sdkAppId, groupId }, query }) => {
    await existing(ports, sdkAppId, groupId);
    const topics = await ports.executor.store.read(sdkAppId).topics(groupId);
    const end = query.after + query.limit;
    const next = end < topics.length ? end : null;
    return { status: 200, body: { topics: topics.slice(query.after, end).map(viewOfTopic), next } };
  },
);

export const groupRoutes: readonly AdminRoute[] = [listGroups, readGroup, listMembers, listTopics];

/** @throws {AdminRefusal} `not-found` */
async function existing(ports: AdminPorts, sdkAppId: number, groupId: string): Promise<Group> {
  appOf(ports, sdkAppId);
  const found = await findGroup(ports.executor.store.read(sdkAppId), groupId);
  if (!found.ok) throw refused(found.refusal);
  return found.group;
}

async function summary({ executor }: AdminPorts, app: App, group: Group): Promise<z.output<typeof groupSummary>> {
  return viewOfGroup(group, await headCount(executor, app, group));
}
