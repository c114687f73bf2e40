export { ErrorCode } from "@muster/protocol";
export { ClientError, ClientErrorCode } from "./client-error.ts";
export type { ClientOptions } from "./client-options.ts";
export { createClient, type Client } from "./client.ts";
export type { Answer } from "./calls/answer.ts";
export type { CustomField } from "./calls/custom-fields.ts";
export type { CreatedGroup, CreateGroupOptions, Group, UpdateGroupOptions } from "./calls/group-calls.ts";
export type { GroupApplication } from "./calls/joining-calls.ts";
export type { AddedMembers, GroupMember } from "./calls/member-calls.ts";
export type {
  CreateTopicOptions,
  DeletedTopics,
  DeleteTopicsOptions,
  Topic,
  UpdateTopicOptions,
} from "./calls/topic-calls.ts";
export {
  EVENT,
  type ChangedProfile,
  type ClientEvent,
  type ConnectionEnd,
  type EventData,
  type EventName,
  type GroupSystemNotice,
  type GroupTip,
  type Listener,
} from "./events.ts";
export {
  TYPES,
  type GroupType,
  type InviteOption,
  type JoinOption,
  type JoinStatus,
  type KickedOut,
  type MemberRole,
  type NetState,
} from "./types.ts";
export type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";
