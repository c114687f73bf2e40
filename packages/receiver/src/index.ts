export { accepted, MAX_BODY_BYTES, refused, tooLarge, type Answer } from "./answer.ts";
export type { ReceivedApp } from "./apps.ts";
export type { Inbox, ReceivedCallback } from "./inbox/inbox.ts";
export { createMemoryInbox, type KeptCallback, type MemoryInbox } from "./inbox/memory-inbox.ts";
export { createReceiver, type Receiver, type ReceiverOptions } from "./receive.ts";
export { ReceiverError, type ReceiverErrorCode } from "./receiver-error.ts";
export type { CallbackHeaders, CallbackRequest, FetchHeaders } from "./request.ts";
