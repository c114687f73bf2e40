import { type CallbackBody, type CallbackCommand, type catalog, type GroupType } from "@muster/protocol";

/** The callbacks that ask and wait for the answer. */
export type BeforeCommand = CommandOfKind<"before">;
/** The callbacks that tell. */
export type AfterCommand = CommandOfKind<"after">;

type CommandOfKind<Kind> = {
  [C in CallbackCommand]: (typeof catalog)[C]["kind"] extends Kind ? C : never;
}[CallbackCommand];

/** What is known of every callback, whatever it tells. */
export interface EventFacts<C extends CallbackCommand = CallbackCommand> {
  readonly command: C;
  readonly sdkAppId: number;
  /** The group that it tells of; for a topic's callbacks the community. */
  readonly groupId: string | undefined;
  /** The `webhook-id`: the same however often it comes. Tencent Cloud Chat sends none. */
  readonly id: string | undefined;
  /** Its number within its group, from 1 without gaps. Tencent Cloud Chat sends none. */
  readonly sequence: number | undefined;
  /** Its turn was over: it came after `onGap` had told that it was missing, or it is a dead letter that is tried again. */
  readonly late: boolean;
  readonly receivedAt: Date;
  /** The address of whoever acted, as the query tells; nothing proves it. */
  readonly clientIp: string | undefined;
  /** Where whoever acted did so: `RESTAPI`, `Web`, `iOS` … */
  readonly platform: string | undefined;
  /** The body as it came, every field of it, in the names of the wire. */
  readonly wire: CallbackBody<C>;
}

/**
 * A callback as handlers get it: the body's fields in one tidy shape, and what is known of it besides. The fields
 * are named as in JavaScript (`Owner_Account` is `owner`, `MemberList` is `members`), users are their ids, custom
 * fields are a record, times are dates (`happenedAt` is `EventTime`), and a group's `type` has its name of today.
 * What is nested otherwise is as the wire has it.
 */
export type CallbackEvent<C extends CallbackCommand = CallbackCommand> = {
  [Each in C]: EventFacts<Each> & TidyBody<CallbackBody<Each>>;
}[C];

/** The fields of a body that its schema names, tidied. */
export type TidyBody<Body> = {
  readonly [
    Name in keyof Body as string extends Name ? never : Name extends "CallbackCommand" ? never : TidyName<Name & string>
  ]: TidyValue<Name, Body[Name]>;
};

type TidyName<Name extends string> = Name extends keyof typeof ownNames
  ? (typeof ownNames)[Name]
  : Name extends `${infer Role}_Account`
    ? Uncapitalize<Role>
    : Name extends `${infer Item}List`
      ? `${Uncapitalize<Item>}s`
      : Uncapitalize<Name>;

type TidyValue<Name, Value> = Value extends undefined
  ? undefined
  : Name extends "EventTime" | "MsgTime"
    ? Date
    : Name extends "Type"
      ? GroupType | (string & {})
      : Name extends "UserDefinedDataList"
        ? Readonly<Record<string, string>>
        : Value extends readonly { Member_Account: string }[]
          ? readonly string[]
          : Value;

/** Fields that are named by no rule. */
export const ownNames = { EventTime: "happenedAt", UserDefinedDataList: "customFields" } as const;
