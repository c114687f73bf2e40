import { ErrorCode, parseGroupType, signUserSig } from "@muster/protocol";
import * as z from "zod";

import type { GroupView, MemberView } from "./group-view.ts";
import { ReconcileError } from "./reconcile-error.ts";

/** For how long a UserSig is made, and how long before its end another is, in s. */
const SIG_LIFE = 3_600;
const SIG_MARGIN = 300;
/** How often a call is tried, and how long it waits in between: this, then twice as much each time, in ms. */
const TRIES = 6;
const FIRST_WAIT = 1_000;
/** Longest wait for an answer, in ms. */
const DEADLINE = 30_000;
/** Members of one call, as the documents bound it; those of a community. */
const PAGE = 6_000;
const COMMUNITY_PAGE = 100;
/** Most groups of one call. */
export const MOST_GROUPS = 50;

/** What an IM backend is called with. */
export interface ImBackendParts {
  /** `https://console.tim.qq.com`, `http://127.0.0.1:9000` … */
  readonly url: string;
  readonly sdkAppId: number;
  readonly secretKey: string;
  /** An administrator of the app. */
  readonly identifier: string;
  /** Custom fields of groups that are asked for beside those that the mirror knows. */
  readonly customFields: readonly string[];
  /** Most calls in a second. */
  readonly rate: number;
  /** In ms since 1970. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** A group that is asked for. */
export interface AskedGroup {
  readonly groupId: string;
  /** The custom fields that are to come along: the REST API wants them named. */
  readonly customFields: readonly string[];
}

/** An IM backend, Muster or Tencent Cloud Chat, through its REST API. */
export interface ImBackend {
  /** A page of the app's groups; `next` is 0 at first, and 0 again behind the last page. */
  listGroups(next: number): Promise<{ readonly groupIds: readonly string[]; readonly next: number }>;
  /** Groups as the backend has them, at most 50; one that it does not have is absent. */
  readGroups(asked: readonly AskedGroup[]): Promise<ReadonlyMap<string, GroupView>>;
}

const envelope = z.looseObject({ ErrorCode: z.number(), ErrorInfo: z.string().default("") });
const groupList = z.object({ GroupIdList: z.array(z.object({ GroupId: z.string() })), Next: z.number().default(0) });
const keyValues = z.array(z.object({ Key: z.string(), Value: z.string() })).default([]);
const groupInfo = z.object({
  GroupInfo: z.array(
    z.object({
      GroupId: z.string(),
      ErrorCode: z.number().default(0),
      ErrorInfo: z.string().default(""),
      Type: z.string().optional(),
      Name: z.string().optional(),
      Introduction: z.string().optional(),
      Notification: z.string().optional(),
      FaceUrl: z.string().optional(),
      Owner_Account: z.string().optional(),
      SupportTopic: z.union([z.number(), z.boolean()]).optional(),
      AppDefinedData: keyValues,
    }),
  ),
});
type GroupInfo = z.output<typeof groupInfo>["GroupInfo"][number];
const memberInfo = z.object({
  MemberNum: z.number().optional(),
  MemberList: z.array(
    z.object({ Member_Account: z.string(), Role: z.string().default("Member"), NameCard: z.string().default("") }),
  ),
  Next: z.string().default(""),
});
const topicInfo = z.object({
  TopicAndSelfInfo: z.array(
    z.object({
      ErrorCode: z.number().default(0),
      TopicInfo: z.object({ TopicId: z.string(), TopicName: z.string().default("") }),
    }),
  ),
});

/** What says that there is no such group, any more or at all. */
const GONE: ReadonlySet<number> = new Set([ErrorCode.GroupNotFound, ErrorCode.GroupIdInvalid]);
/** What may go well the next time. */
const PASSING: ReadonlySet<number> = new Set([ErrorCode.RateLimited, ErrorCode.Timeout, ErrorCode.Internal]);
/** Each group in its answer has a code of its own; that of the whole carries no meaning. */
const GROUP_INFO = "group_open_http_svc/get_group_info";

export function createImBackend(parts: ImBackendParts): ImBackend {
  const { url, sdkAppId, secretKey, identifier, customFields: known, rate, now, wait } = parts;
  let due = 0;
  let sig: { readonly text: string; readonly until: number } | undefined;

  /** Waits until the next call may be made. */
  async function turn(): Promise<void> {
    const at = Math.max(due, now());
    due = at + 1_000 / rate;
    if (at > now()) await wait(at - now());
  }

  async function userSig(): Promise<string> {
    const second = Math.floor(now() / 1_000);
    if (!sig || sig.until < second + SIG_MARGIN) {
      const claims = { sdkAppId, userId: identifier, issuedAt: second, expiresIn: SIG_LIFE };
      sig = { text: await signUserSig(claims, secretKey), until: second + SIG_LIFE };
    }
    return sig.text;
  }

  async function call<T>(command: string, body: unknown, answer: z.ZodType<T>): Promise<T | undefined> {
    let failure = "";
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      if (attempt > 0) await wait(FIRST_WAIT * 2 ** (attempt - 1));
      await turn();
      const text = await post(command, body).catch((error: unknown) => {
        failure = `it could not be reached (${reasonOf(error)})`;
        return undefined;
      });
      if (text === undefined) continue;
      const read = envelope.safeParse(jsonOf(text));
      if (!read.success) {
        failure = "it answered something that is no answer of the REST API";
        continue;
      }
      const { ErrorCode: code, ErrorInfo: info } = read.data;
      const found = code === ErrorCode.Ok || command === GROUP_INFO ? answer.safeParse(read.data) : undefined;
      if (found?.success) return found.data;
      if (code === ErrorCode.Ok) {
        failure = "it answered something else than what was asked for";
        continue;
      }
      if (GONE.has(code) && command !== GROUP_INFO) return undefined;
      failure = `it refused with ${code}: ${info.replace(/\.$/, "")}`;
      if (!PASSING.has(code)) break;
    }
    throw new ReconcileError(
      `${command} failed at ${url}: ${failure}. Check the URL, the app, its secret key and the administrator.`,
    );
  }

  async function post(command: string, body: unknown): Promise<string> {
    const target = new URL(`/v4/${command}`, url);
    target.search = new URLSearchParams({
      sdkappid: String(sdkAppId),
      identifier,
      usersig: await userSig(),
      random: String(now() % 4_294_967_296),
      contenttype: "json",
    }).toString();
    const signal = AbortSignal.timeout(DEADLINE);
    const response = await fetch(target, { method: "POST", body: JSON.stringify(body), signal });
    return await response.text();
  }

  /** All members; `undefined` where the group is gone. */
  async function readMembers(
    groupId: string,
    isCommunity: boolean,
  ): Promise<ReadonlyMap<string, MemberView> | undefined> {
    const members = new Map<string, MemberView>();
    const limit = isCommunity ? COMMUNITY_PAGE : PAGE;
    for (let offset = 0, next = ""; ;) {
      const from = isCommunity ? { Next: next } : { Offset: offset };
      const body = { GroupId: groupId, Limit: limit, MemberInfoFilter: ["Role", "NameCard"], ...from };
      const page = await call("group_open_http_svc/get_group_member_info", body, memberInfo);
      if (!page) return undefined;
      const { MemberList, MemberNum } = page;
      const before = members.size;
      for (const { Member_Account, Role, NameCard } of MemberList) {
        members.set(Member_Account, { role: Role, nameCard: NameCard });
      }
      next = page.Next;
      offset += MemberList.length;
      // A page may be shorter than it was asked to be: that alone does not say that it is the last.
      const isWhole = MemberNum === undefined ? MemberList.length < limit : offset >= MemberNum;
      const isLast = isCommunity ? next === "" : isWhole;
      // What brings nobody new would go on forever.
      if (isLast || members.size === before) return members;
    }
  }

  async function readTopics(groupId: string): Promise<ReadonlyMap<string, string>> {
    const found = await call("million_group_open_http_svc/get_topic", { GroupId: groupId }, topicInfo);
    const topics = (found?.TopicAndSelfInfo ?? []).filter((topic) => topic.ErrorCode === 0);
    return new Map(topics.map(({ TopicInfo }) => [TopicInfo.TopicId, TopicInfo.TopicName]));
  }

  /** A group with its members and topics; `undefined` where it has gone in between. */
  async function view(info: GroupInfo): Promise<GroupView | undefined> {
    const type = info.Type === undefined ? undefined : parseGroupType(info.Type);
    const hasMembers = type !== "AVChatRoom";
    const members = hasMembers ? await readMembers(info.GroupId, type === "Community") : undefined;
    if (hasMembers && !members) return undefined;
    const hasTopics = type === "Community" && Boolean(info.SupportTopic ?? false);
    return {
      groupId: info.GroupId,
      type: info.Type,
      texts: {
        name: info.Name,
        introduction: info.Introduction,
        notification: info.Notification,
        faceUrl: info.FaceUrl,
      },
      owner: info.Owner_Account,
      members,
      topics: hasTopics ? await readTopics(info.GroupId) : undefined,
      customFields: new Map(info.AppDefinedData.map(({ Key, Value }) => [Key, Value])),
    };
  }

  return {
    async listGroups(next) {
      const page = await call("group_open_http_svc/get_appid_group_list", { Limit: 1_000, Next: next }, groupList);
      return { groupIds: (page?.GroupIdList ?? []).map(({ GroupId }) => GroupId), next: page?.Next ?? 0 };
    },
    async readGroups(asked) {
      const names = [...new Set([...known, ...asked.flatMap(({ customFields }) => customFields)])];
      const body = {
        GroupIdList: asked.map(({ groupId }) => groupId),
        ResponseFilter: {
          GroupBaseInfoFilter: [
            "Type",
            "Name",
            "Introduction",
            "Notification",
            "FaceUrl",
            "Owner_Account",
            "SupportTopic",
          ],
          ...(names.length > 0 && { AppDefinedDataFilter_Group: names }),
        },
      };
      const found = await call(GROUP_INFO, body, groupInfo);
      const infos = new Map(found?.GroupInfo.map((info) => [info.GroupId, info]));
      const views = new Map<string, GroupView>();
      for (const { groupId } of asked) {
        const info = infos.get(groupId);
        if (info && GONE.has(info.ErrorCode)) continue;
        // Not to be told of is not to be gone: whoever mends would disband it.
        if (info?.ErrorCode !== ErrorCode.Ok) {
          const why = info ? `${info.ErrorCode} ${info.ErrorInfo}` : "it is not in the answer";
          throw new ReconcileError(`The backend tells nothing of ${groupId}: ${why}.`);
        }
        const seen = await view(info);
        if (seen) views.set(groupId, seen);
      }
      return views;
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
