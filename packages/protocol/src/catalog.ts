import type * as z from "zod/mini";

import { beforeCreateGroup } from "./callbacks/before-create-group.ts";
import { afterCreateGroup } from "./callbacks/after-create-group.ts";
import { beforeApplyJoinGroup } from "./callbacks/before-apply-join-group.ts";
import { beforeInviteJoinGroup } from "./callbacks/before-invite-join-group.ts";
import { afterNewMemberJoin } from "./callbacks/after-new-member-join.ts";
import { afterMemberExit } from "./callbacks/after-member-exit.ts";
import { beforeSendMsg } from "./callbacks/before-send-msg.ts";
import { afterSendMsg } from "./callbacks/after-send-msg.ts";
import { afterGroupFull } from "./callbacks/after-group-full.ts";
import { afterGroupDestroyed } from "./callbacks/after-group-destroyed.ts";
import { afterGroupInfoChanged } from "./callbacks/after-group-info-changed.ts";
import { afterRecallMsg } from "./callbacks/after-recall-msg.ts";
import { onMemberStateChange } from "./callbacks/on-member-state-change.ts";
import { sendMsgException } from "./callbacks/send-msg-exception.ts";
import { beforeCreateTopic } from "./callbacks/before-create-topic.ts";
import { afterCreateTopic } from "./callbacks/after-create-topic.ts";
import { afterTopicDestroyed } from "./callbacks/after-topic-destroyed.ts";
import { afterTopicInfoChanged } from "./callbacks/after-topic-info-changed.ts";
import { onDailyGroupQuotaAlarm } from "./callbacks/on-daily-group-quota-alarm.ts";
import { afterMemberFieldChanged } from "./callbacks/after-member-field-changed.ts";
import { afterGroupAttrChanged } from "./callbacks/after-group-attr-changed.ts";
import { afterReadReceipt } from "./callbacks/after-read-receipt.ts";
import { afterChangeGroupOwner } from "./callbacks/after-change-group-owner.ts";
import { afterGroupMsgExtension } from "./callbacks/after-group-msg-extension.ts";

/** One callback: everything that is said of it anywhere derives from its row. */
export interface CallbackRow {
  /** A `before` callback asks and waits for the answer; an `after` callback tells, and its answer changes nothing. */
  readonly kind: "before" | "after";
  /** The command whose switch turns this callback on: mostly its own, for some another's. */
  readonly switch: string;
  /** The number of its page: https://trtc.io/document/<page>. */
  readonly page: number;
  /** The body's schema; fields that it does not name are kept. */
  readonly body: z.core.$ZodType & { readonly shape: Readonly<Record<string, z.core.$ZodType>> };
  /** The service itself noticed, nobody acted: the query has no `ClientIP` and no `OptPlatform`. */
  readonly systemMade?: true;
}

/**
 * Every `Group.*` callback of Tencent Cloud Chat.
 * @see https://www.tencentcloud.com/document/product/1047/34354
 */
// oxfmt-ignore
export const catalog = {
  "Group.CallbackBeforeCreateGroup": { kind: "before", switch: "Group.CallbackBeforeCreateGroup", page: 34368, body: beforeCreateGroup },
  "Group.CallbackAfterCreateGroup": { kind: "after", switch: "Group.CallbackAfterCreateGroup", page: 34369, body: afterCreateGroup },
  "Group.CallbackBeforeApplyJoinGroup": { kind: "before", switch: "Group.CallbackBeforeApplyJoinGroup", page: 34370, body: beforeApplyJoinGroup },
  "Group.CallbackBeforeInviteJoinGroup": { kind: "before", switch: "Group.CallbackBeforeInviteJoinGroup", page: 34371, body: beforeInviteJoinGroup },
  "Group.CallbackAfterNewMemberJoin": { kind: "after", switch: "Group.CallbackAfterNewMemberJoin", page: 34372, body: afterNewMemberJoin },
  "Group.CallbackAfterMemberExit": { kind: "after", switch: "Group.CallbackAfterMemberExit", page: 34373, body: afterMemberExit },
  "Group.CallbackBeforeSendMsg": { kind: "before", switch: "Group.CallbackBeforeSendMsg", page: 34374, body: beforeSendMsg },
  "Group.CallbackAfterSendMsg": { kind: "after", switch: "Group.CallbackAfterSendMsg", page: 34375, body: afterSendMsg },
  "Group.CallbackAfterGroupFull": { kind: "after", switch: "Group.CallbackAfterGroupFull", page: 34376, body: afterGroupFull },
  "Group.CallbackAfterGroupDestroyed": { kind: "after", switch: "Group.CallbackAfterGroupDestroyed", page: 34377, body: afterGroupDestroyed },
  "Group.CallbackAfterGroupInfoChanged": { kind: "after", switch: "Group.CallbackAfterGroupInfoChanged", page: 34378, body: afterGroupInfoChanged },
  "Group.CallbackAfterRecallMsg": { kind: "after", switch: "Group.CallbackAfterRecallMsg", page: 46979, body: afterRecallMsg },
  "Group.CallbackOnMemberStateChange": { kind: "after", switch: "Group.CallbackOnMemberStateChange", page: 48734, body: onMemberStateChange, systemMade: true },
  "Group.CallbackSendMsgException": { kind: "after", switch: "Group.CallbackSendMsgException", page: 49462, body: sendMsgException },
  "Group.CallbackBeforeCreateTopic": { kind: "before", switch: "Group.CallbackBeforeCreateGroup", page: 49463, body: beforeCreateTopic },
  "Group.CallbackAfterCreateTopic": { kind: "after", switch: "Group.CallbackAfterCreateGroup", page: 49464, body: afterCreateTopic },
  "Group.CallbackAfterTopicDestroyed": { kind: "after", switch: "Group.CallbackAfterGroupDestroyed", page: 49465, body: afterTopicDestroyed },
  "Group.CallbackAfterTopicInfoChanged": { kind: "after", switch: "Group.CallbackAfterGroupInfoChanged", page: 49466, body: afterTopicInfoChanged },
  "Group.CallbackOnDailyGroupQuotaAlarm": { kind: "after", switch: "Group.CallbackAfterGroupInfoChanged", page: 57455, body: onDailyGroupQuotaAlarm },
  "Group.CallbackAfterMemberFieldChanged": { kind: "after", switch: "Group.CallbackAfterMemberFieldChanged", page: 60393, body: afterMemberFieldChanged },
  "Group.CallbackAfterGroupAttrChanged": { kind: "after", switch: "Group.CallbackAfterGroupAttrChanged", page: 60394, body: afterGroupAttrChanged },
  "Group.CallbackAfterReadReceipt": { kind: "after", switch: "Group.CallbackAfterReadReceipt", page: 60395, body: afterReadReceipt },
  "Group.CallbackAfterChangeGroupOwner": { kind: "after", switch: "Group.CallbackAfterChangeGroupOwner", page: 60396, body: afterChangeGroupOwner },
  "Group.CallbackAfterGroupMsgExtension": { kind: "after", switch: "Group.CallbackAfterGroupMsgExtension", page: 76007, body: afterGroupMsgExtension },
} as const satisfies Record<string, CallbackRow>;

export type CallbackCommand = keyof typeof catalog;

/** The body of a callback as it is read: `EventTime` is a number, whichever way it was spelt. */
export type CallbackBody<C extends CallbackCommand = CallbackCommand> = z.output<(typeof catalog)[C]["body"]>;

export const callbackCommands = Object.keys(catalog) as readonly CallbackCommand[];

export function isCallbackCommand(text: string): text is CallbackCommand {
  return Object.hasOwn(catalog, text);
}

/** The callbacks that have a switch: the names that `callback.switches` of the configuration takes. */
export const callbackSwitches: readonly CallbackCommand[] = callbackCommands.filter(
  (command) => catalog[command].switch === command,
);

/** A callback's fields; a `?` stands behind those that some versions or cases of it lack. */
export function callbackFields(command: CallbackCommand): string[] {
  return Object.entries(callbackRow(command).body.shape).map(([name, schema]) =>
    schema._zod.optin === "optional" ? `${name}?` : name,
  );
}

/** A callback's row, by the common type. */
export function callbackRow(command: CallbackCommand): CallbackRow {
  return catalog[command];
}
