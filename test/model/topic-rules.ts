import { changeTexts, pick, textsOf } from "./fields.ts";
import { canBeChosenTopic, isTopicOf, madeId } from "./ids.ts";
import type { Request } from "./requests.ts";
import { acted, definedData, tell } from "./tell.ts";
import {
  actingAs,
  broken,
  type Circumstances,
  type Faults,
  ok,
  refused,
  type Rules,
  seconds,
  type Verdict,
  withGroup,
} from "./verdict.ts";
import type { Fields, Group, Topic, World } from "./world.ts";

/** Topics of communities. */
export const topicRules = {
  "million_group_open/create_topic"(world, request, at) {
    return newTopic(world, request, at, seconds(at), 10025, (group, topic) => {
      tell(world, group.id, "AfterCreateTopic", {
        TopicId: topic.id,
        Operator_Account: request.From_Account ?? at.user,
        Owner_Account: group.owner,
        Type: "Community",
        Name: topic.texts.Name,
        ...definedData(group),
      });
    });
  },

  "group_open/import_topic": (world, request, at) =>
    newTopic(world, request, at, request.CreateTime ?? seconds(at), 10021, () => undefined),

  "million_group_open/modify_topic"(world, request, at) {
    const verdict = withTopics(world, request.GroupId, at, (group) => {
      const topic = group.topics.get(request.TopicId);
      if (!topic) return refused(isTopicOf(group.id, request.TopicId) ? 10010 : 10015);
      const changed = changeTexts(topic.texts, { ...request, Name: request.TopicName });
      topic.custom = request.CustomString ?? topic.custom;
      topic.muteAll = request.MuteAllMember ?? topic.muteAll;
      if (changed) {
        tell(world, group.id, "AfterTopicInfoChanged", {
          ...acted(group, request.From_Account ?? at.user),
          ...changed,
        });
      }
      return ok();
    });
    return actingAs(world, request.From_Account, verdict);
  },

  "million_group_open/destroy_topic": (world, { GroupId, TopicIdList }, at) =>
    deleteTopics(world, GroupId, TopicIdList, at),

  "user/delete_topics"(world, { GroupId, TopicIdList }, at) {
    const { codes, fields } = deleteTopics(world, GroupId, TopicIdList, at);
    // The client library tells first what was deleted.
    const results = (fields["DestroyResultItem"] ?? []) as { ErrorCode: number }[];
    const inOrder = results.toSorted((a, b) => Number(a.ErrorCode !== 0) - Number(b.ErrorCode !== 0));
    return { codes, fields: { DestroyResultItem: inOrder } };
  },

  "million_group_open/get_topic"(world, { GroupId, From_Account, TopicIdList = [], ResponseFilter }, at) {
    return withTopics(world, GroupId, at, ({ topics, members }) => {
      const self = members.get(From_Account ?? at.user);
      const wanted = TopicIdList.length > 0 ? TopicIdList : [...topics.keys()];
      const list = wanted.map((id) => {
        const topic = topics.get(id);
        if (!topic) return { ErrorCode: 110003, TopicInfo: { GroupID: GroupId, TopicId: id } };
        const info: Fields = {
          GroupID: GroupId,
          TopicId: id,
          TopicName: topic.texts.Name,
          Introduction: topic.texts.Introduction,
          Notification: topic.texts.Notification,
          FaceUrl: topic.texts.FaceUrl,
          CustomString: topic.custom,
          CreateTime: topic.created,
          MuteAllMember: topic.muteAll,
          NextMsgSeq: 1,
          LastMsgTime: 0,
        };
        return {
          ErrorCode: 0,
          SelfInfo: { ShutUpTime: self?.mutedIn.get(id) ?? 0, MsgSeq: 0, MsgFlag: "AcceptAndNotify" },
          TopicInfo: ResponseFilter ? pick(info, [...ResponseFilter, "GroupID", "TopicId"]) : info,
        };
      });
      return ok({ TopicAndSelfInfo: list });
    });
  },
} satisfies Partial<Rules>;

function newTopic(
  world: World,
  request: Request<"group_open/import_topic">,
  at: Circumstances,
  created: number,
  takenCode: number,
  done: (group: Group, topic: Topic) => void,
): Verdict {
  const { TopicId: chosen, From_Account: creator } = request;
  const verdict = withTopics(
    world,
    request.GroupId,
    at,
    (group) => {
      const mark = `${group.id}@TOPIC#_@TOPIC#c`;
      const id = chosen ?? madeId(at.givenId, mark, at.givenId !== undefined && group.topics.has(at.givenId));
      const topic: Topic = {
        id,
        texts: textsOf(request.TopicName, request),
        created,
        custom: request.CustomString ?? "",
        muteAll: "Off",
      };
      group.topics.set(id, topic);
      done(group, topic);
      return ok({ TopicId: id });
    },
    (group) => [
      creator !== undefined && !world.accounts.has(creator) && [10019],
      chosen !== undefined && !canBeChosenTopic(chosen, group.id) && [10004],
      chosen !== undefined && group.topics.has(chosen) && [takenCode],
      group.topics.size >= world.quantities.topicsPerCommunity && [10037],
      created > seconds(at) && [10004],
    ],
  );
  return actingAs(world, creator, verdict);
}

/** Deletes topics of a community, all where none is named; what comes of each stands in the answer. */
function deleteTopics(
  world: World,
  groupId: string,
  topicIds: readonly string[] | undefined,
  at: Circumstances,
): Verdict {
  // "Group not found" is none of this command's codes: 10015 says that as well.
  if (!world.groups.has(groupId)) return refused(10015);
  return withTopics(world, groupId, at, (group) => {
    const deleted: string[] = [];
    const results = (topicIds ?? [...group.topics.keys()]).map((TopicId) => {
      if (!isTopicOf(groupId, TopicId)) return { TopicId, ErrorCode: 10015 };
      if (!group.topics.delete(TopicId)) return { TopicId, ErrorCode: 110003 };
      for (const member of group.members.values()) member.mutedIn.delete(TopicId);
      deleted.push(TopicId);
      return { TopicId, ErrorCode: 0 };
    });
    if (deleted.length > 0) {
      tell(world, groupId, "AfterTopicDestroyed", { Type: "Community", TopicIdList: deleted });
    }
    return ok({ DestroyResultItem: results });
  });
}

/** A community with topics, of which the owner, its admins and the app are in charge. */
function withTopics(
  world: World,
  groupId: string,
  at: Circumstances,
  decide: (group: Group) => Verdict,
  faultsOf: (group: Group) => Faults = () => [],
): Verdict {
  return withGroup(world, groupId, (group) => {
    const role = group.members.get(at.user)?.role;
    const faults = broken([
      group.type !== "Community" && [10007],
      !group.supportsTopics && [10007],
      !at.isAdministrator && role !== "Owner" && role !== "Admin" && [10007],
      ...faultsOf(group),
    ]);
    return faults ?? decide(group);
  });
}
