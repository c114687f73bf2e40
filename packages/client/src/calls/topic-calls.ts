import { ErrorCode } from "@muster/protocol";

import { done, type Answer } from "./answer.ts";
import type { Ask } from "./ask.ts";

export interface CreateTopicOptions {
  readonly groupID: string;
  /** At most 30 bytes. */
  readonly topicName: string;
  /** The community's id, `@TOPIC#_` and the topic's own part, at most 96 characters. By default the server makes one. */
  readonly topicID?: string;
  /** A URL of at most 100 bytes. */
  readonly avatar?: string;
  /** At most 300 bytes. */
  readonly notification?: string;
  /** At most 240 bytes. */
  readonly introduction?: string;
  /** At most 3000 bytes. */
  readonly customData?: string;
}

/** What to change of a topic; what is left out stays. */
export interface UpdateTopicOptions extends Omit<CreateTopicOptions, "topicName" | "topicID"> {
  readonly topicID: string;
  readonly topicName?: string;
  /** Whether nobody but the owner and admins may write. */
  readonly muteAllMembers?: boolean;
}

export interface DeleteTopicsOptions {
  readonly groupID: string;
  /** By default all topics of the community. */
  readonly topicIDList?: readonly string[];
}

export interface DeletedTopics {
  readonly successTopicList: readonly { readonly topicID: string }[];
  readonly failureTopicList: readonly { readonly topicID: string; readonly code: number; readonly message: string }[];
}

/** A topic of a community. Times are seconds since 1970. */
export interface Topic {
  readonly topicID: string;
  readonly topicName: string;
  readonly avatar: string;
  readonly notification: string;
  readonly introduction: string;
  readonly customData: string;
  readonly creatorID: string;
  readonly createTime: number;
  readonly muteAllMembers: boolean;
}

/** What can be done with the topics of a community. */
export interface TopicCalls {
  /** Creates a topic in a community that was made with `isSupportTopic`. */
  createTopicInCommunity(options: CreateTopicOptions): Promise<Answer<{ readonly topicID: string }>>;
  /** Changes a topic's profile. */
  updateTopicProfile(options: UpdateTopicOptions): Promise<Answer<{ readonly topicID: string }>>;
  /** Deletes topics of a community, for good. Resolves also where some, or all, could not be deleted. */
  deleteTopicFromCommunity(options: DeleteTopicsOptions): Promise<Answer<DeletedTopics>>;
  /** A community's topics in the order of their creation; those that are named, where some are. */
  getTopicList(options: { readonly groupID: string; readonly topicIDList?: readonly string[] }): Promise<
    Answer<{
      readonly successTopicList: readonly Topic[];
      readonly failureTopicList: readonly {
        readonly topicID: string;
        readonly code: number;
        readonly message: string;
      }[];
    }>
  >;
}

export function topicCalls(ask: Ask): TopicCalls {
  return {
    async createTopicInCommunity({ groupID, topicName, topicID, avatar, notification, introduction, customData }) {
      const { topicId } = await ask("createTopic", {
        groupId: groupID,
        name: topicName,
        topicId: topicID,
        faceUrl: avatar,
        notification,
        introduction,
        customString: customData,
      });
      return done({ topicID: topicId });
    },
    async updateTopicProfile({ groupID, topicID, topicName, avatar, notification, introduction, ...more }) {
      await ask("changeTopic", {
        groupId: groupID,
        topicId: topicID,
        name: topicName,
        faceUrl: avatar,
        notification,
        introduction,
        customString: more.customData,
        muteAll: more.muteAllMembers,
      });
      return done({ topicID });
    },
    async deleteTopicFromCommunity({ groupID, topicIDList }) {
      const { results } = await ask("deleteTopics", { groupId: groupID, topicIds: topicIDList && [...topicIDList] });
      return done({
        successTopicList: results
          .filter(({ code }) => code === ErrorCode.Ok)
          .map(({ topicId }) => ({ topicID: topicId })),
        failureTopicList: results
          .filter(({ code }) => code !== ErrorCode.Ok)
          .map(({ topicId, code, info }) => ({ topicID: topicId, code, message: info })),
      });
    },
    async getTopicList({ groupID, topicIDList = [] }) {
      const { topics } = await ask("listTopics", { groupId: groupID });
      const all = topics.map((topic): Topic => ({
        topicID: topic.topicId,
        topicName: topic.name,
        avatar: topic.faceUrl,
        notification: topic.notification,
        introduction: topic.introduction,
        customData: topic.customString,
        creatorID: topic.creator,
        createTime: topic.createTime,
        muteAllMembers: topic.muteAll,
      }));
      const present = new Set(all.map(({ topicID }) => topicID));
      return done({
        successTopicList: topicIDList.length === 0 ? all : all.filter(({ topicID }) => topicIDList.includes(topicID)),
        failureTopicList: topicIDList
          .filter((topicID) => !present.has(topicID))
          .map((topicID) => ({ topicID, code: ErrorCode.TopicNotFound, message: `there is no topic ${topicID}` })),
      });
    },
  };
}
