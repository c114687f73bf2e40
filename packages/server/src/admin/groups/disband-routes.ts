import * as z from "zod";

import { destroyGroup } from "../../commands/destroy-group.ts";
import { destroyTopics } from "../../commands/destroy-topics.ts";
import { adminRoute, nothing, type AdminRoute } from "../admin-route.ts";
import { administratorOf, appOf, groupPath, refused } from "./group-path.ts";

const disbandGroup = adminRoute(
  {
    method: "DELETE",
    path: "/apps/{sdkAppId}/groups/{groupId}",
    operationId: "disbandGroup",
    summary: "Disband a group, for good",
    description: "As destroy_group of the REST API, by the app's first administrator: callbacks and notices included.",
    parameters: groupPath,
    query: nothing,
    answer: { status: 200, description: "It is disbanded", schema: z.strictObject({ groupId: z.string() }) },
    refusals: ["not-found", "conflict"],
  },
  async (ports, { path: { sdkAppId, groupId }, clientIp }) => {
    const app = appOf(ports, sdkAppId);
    const outcome = await ports.executor.execute(app, administratorOf(app, clientIp), destroyGroup, { groupId });
    if (!outcome.ok) throw refused(outcome.refusal);
    return { status: 200, body: { groupId } };
  },
);

const deleteTopic = adminRoute(
  {
    method: "DELETE",
    path: "/apps/{sdkAppId}/groups/{groupId}/topics/{topicId}",
    operationId: "deleteTopic",
    summary: "Delete a topic of a community, for good",
    description: "As destroy_topic of the REST API, by the app's first administrator: callbacks and notices included.",
    parameters: groupPath.extend({ topicId: z.string().min(1).max(192) }),
    query: nothing,
    answer: { status: 200, description: "It is deleted", schema: z.strictObject({ topicId: z.string() }) },
    refusals: ["not-found", "conflict"],
  },
  async (ports, { path: { sdkAppId, groupId, topicId }, clientIp }) => {
    const app = appOf(ports, sdkAppId);
    const input = { groupId, topicIds: [topicId] };
    const outcome = await ports.executor.execute(app, administratorOf(app, clientIp), destroyTopics, input);
    if (!outcome.ok) throw refused(outcome.refusal);
    const failed = outcome.result.find(({ code }) => code !== 0);
    if (failed) throw refused(failed);
    return { status: 200, body: { topicId } };
  },
);

export const disbandRoutes: readonly AdminRoute[] = [disbandGroup, deleteTopic];
