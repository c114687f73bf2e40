export { ErrorCode } from "@muster/protocol";
export { ClientError, ClientErrorCode } from "./client-error.ts";
export type { ClientOptions } from "./client-options.ts";
export {
  createClient,
  type Answer,
  type Client,
  type CreatedGroup,
  type CreateGroupOptions,
  type CreateTopicOptions,
  type DeletedTopics,
  type DeleteTopicsOptions,
} from "./client.ts";
export {
  EVENT,
  type ClientEvent,
  type ConnectionEnd,
  type EventData,
  type EventName,
  type GroupSystemNotice,
  type Listener,
} from "./events.ts";
export { TYPES, type GroupType } from "./types.ts";
export type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";
