import { ErrorCode, restCommands } from "@muster/protocol";

import { findGroup } from "../commands/find-group.ts";
import { noTopicsRefusal } from "../commands/topic-refusal.ts";
import type { Topic } from "../group/group.ts";
import { endpoint } from "./rest-endpoint.ts";
import { onOff, only, type WireFields } from "./wire-group.ts";

/** What always comes, whatever the filter says. */
const ALWAYS = ["GroupID", "TopicId"];

/** `million_group_open_http_svc/get_topic`: a result for each topic, whatever became of the others. */
export const getTopicEndpoint = endpoint(restCommands.getTopic, async (executor, app, caller, body) => {
  const reads = executor.store.read(app.sdkAppId);
  const found = await findGroup(reads, body.GroupId);
  if (!found.ok) return found;
  const refusal = noTopicsRefusal(app, found.group);
  if (refusal) return { ok: false, refusal };
  const named = body.TopicIdList ?? [];
  const topics = await reads.topics(body.GroupId);
  const muted = await reads.mutesOf(body.GroupId, body.From_Account ?? caller.userId);
  const byId = new Map(topics.map((topic) => [topic.topicId, topic]));
  const wanted = named.length > 0 ? named : [...byId.keys()];
  const list = wanted.map((topicId) => {
    const topic = byId.get(topicId);
    return topic ? wireTopic(topic, muted.get(topicId) ?? 0, body.ResponseFilter) : missing(body.GroupId, topicId);
  });
  return { ok: true, info: "ok", fields: { TopicAndSelfInfo: list } };
});

function wireTopic(topic: Topic, mutedUntil: number, filter: readonly string[] | undefined): WireFields {
  const info = {
    TopicName: topic.name,
    // Spelt with a capital D, here alone.
    GroupID: topic.groupId,
    FaceUrl: topic.faceUrl,
    TopicId: topic.topicId,
    NextMsgSeq: 1,
    Notification: topic.notification,
    Introduction: topic.introduction,
    CreateTime: topic.createTime,
    LastMsgTime: 0,
    MuteAllMember: onOff(topic.muteAll),
    CustomString: topic.customString,
  };
  return {
    ErrorCode: ErrorCode.Ok,
    ErrorInfo: "ok",
    SelfInfo: { ShutUpTime: mutedUntil, MsgSeq: 0, MsgFlag: "AcceptAndNotify" },
    TopicInfo: only(filter && [...filter, ...ALWAYS], info),
  };
}

function missing(groupId: string, topicId: string): WireFields {
  return {
    ErrorCode: ErrorCode.TopicNotFound,
    ErrorInfo: "there is no such topic, or it was deleted",
    TopicInfo: { GroupID: groupId, TopicId: topicId },
  };
}
