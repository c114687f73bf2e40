// Made by `npm run generate`; change the code of the admin API instead.

/** How each operation of the admin API is called. */
export const operations = {
  signIn: { method: "POST", path: "/session" },
  readSession: { method: "GET", path: "/session" },
  signOut: { method: "DELETE", path: "/session" },
  listApps: { method: "GET", path: "/apps" },
  createApp: { method: "POST", path: "/apps" },
  readApp: { method: "GET", path: "/apps/{sdkAppId}" },
  changeApp: { method: "PATCH", path: "/apps/{sdkAppId}" },
  deleteApp: { method: "DELETE", path: "/apps/{sdkAppId}" },
  restoreApp: { method: "DELETE", path: "/apps/{sdkAppId}/changes" },
  rotateSecretKey: { method: "POST", path: "/apps/{sdkAppId}/secrets" },
  rotateToken: { method: "POST", path: "/apps/{sdkAppId}/callback/token" },
  issueUserSig: { method: "POST", path: "/apps/{sdkAppId}/users/{userId}/user-sig" },
  verifyCallback: { method: "POST", path: "/apps/{sdkAppId}/callback/verify" },
  readEndpoint: { method: "GET", path: "/apps/{sdkAppId}/endpoint" },
  reviveEndpoint: { method: "POST", path: "/apps/{sdkAppId}/endpoint/revive" },
  listGroups: { method: "GET", path: "/apps/{sdkAppId}/groups" },
  readGroup: { method: "GET", path: "/apps/{sdkAppId}/groups/{groupId}" },
  disbandGroup: { method: "DELETE", path: "/apps/{sdkAppId}/groups/{groupId}" },
  listMembers: { method: "GET", path: "/apps/{sdkAppId}/groups/{groupId}/members" },
  listTopics: { method: "GET", path: "/apps/{sdkAppId}/groups/{groupId}/topics" },
  deleteTopic: { method: "DELETE", path: "/apps/{sdkAppId}/groups/{groupId}/topics/{topicId}" },
  readHistory: { method: "GET", path: "/apps/{sdkAppId}/groups/{groupId}/history" },
  streamDeliveries: { method: "GET", path: "/deliveries/stream" },
  readSeries: { method: "GET", path: "/apps/{sdkAppId}/endpoint/series" },
  listDeliveries: { method: "GET", path: "/deliveries" },
  readDelivery: { method: "GET", path: "/deliveries/{position}" },
  replayDelivery: { method: "POST", path: "/deliveries/{position}/replay" },
  replayDeliveries: { method: "POST", path: "/deliveries/replay" },
} as const;

/** What each operation takes and answers. */
export interface Operations {
  signIn: {
    path: {};
    query: {};
    body: { readonly token: string };
    answer: { readonly expiresAt: number | null; readonly version: string };
  };
  readSession: {
    path: {};
    query: {};
    body: undefined;
    answer: { readonly expiresAt: number | null; readonly version: string };
  };
  signOut: {
    path: {};
    query: {};
    body: undefined;
    answer: {};
  };
  listApps: {
    path: {};
    query: {};
    body: undefined;
    answer: { readonly apps: readonly ({ readonly sdkAppId: number; readonly source: "file" | "api"; readonly changed: boolean; readonly settings: { readonly name: string; readonly administrators: readonly (string)[]; readonly features: { readonly community: boolean; readonly topic: boolean }; readonly groupCustomFields: readonly (string)[]; readonly memberCustomFields: readonly (string)[]; readonly profile: { readonly eventTime: "number" | "string"; readonly typeNames: "old" | "new" }; readonly quantities: { readonly newGroupsPerDay: number; readonly groups?: number | undefined; readonly avChatRooms?: number | undefined; readonly groupsPerUser: number; readonly topicsPerCommunity: number; readonly membersPerGroup: { readonly Work: number; readonly Public: number; readonly Meeting: number; readonly Community: number } }; readonly rates?: "documented" | number | undefined; readonly callback?: { readonly url: string; readonly allowPrivateNetwork: boolean; readonly allowNetworks: readonly (string)[]; readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined } | undefined; readonly beforeTimeout: "allow" | "refuse"; readonly retry: "standard" | "tencent" | "none" | readonly (number)[]; readonly concurrency: number; readonly rate?: number | undefined; readonly switches: readonly (string)[] } | undefined }; readonly secrets: { readonly secretKey: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] }; readonly token?: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] } | undefined } })[] };
  };
  createApp: {
    path: {};
    query: {};
    body: { readonly sdkAppId: number; readonly name?: string | undefined; readonly secretKey?: string | undefined; readonly administrators?: readonly (string)[] | undefined; readonly features?: { readonly community?: boolean | undefined; readonly topic?: boolean | undefined } | undefined; readonly groupCustomFields?: readonly (string)[] | undefined; readonly memberCustomFields?: readonly (string)[] | undefined; readonly profile?: { readonly eventTime?: "number" | "string" | undefined; readonly typeNames?: "old" | "new" | undefined } | undefined; readonly quantities?: { readonly newGroupsPerDay?: number | undefined; readonly groups?: number | undefined; readonly avChatRooms?: number | undefined; readonly groupsPerUser?: number | undefined; readonly topicsPerCommunity?: number | undefined; readonly membersPerGroup?: { readonly Work?: number | undefined; readonly Public?: number | undefined; readonly Meeting?: number | undefined; readonly Community?: number | undefined } | undefined } | undefined; readonly rates?: "documented" | number | undefined; readonly callback?: { readonly url: string; readonly token?: string | undefined; readonly allowPrivateNetwork?: boolean | undefined; readonly allowNetworks?: readonly (string)[] | undefined; readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined } | undefined; readonly beforeTimeout?: "allow" | "refuse" | undefined; readonly retry?: "standard" | "tencent" | "none" | readonly (number)[] | undefined; readonly concurrency?: number | undefined; readonly rate?: number | undefined; readonly switches?: readonly (string)[] | undefined } | undefined };
    answer: { readonly app: { readonly sdkAppId: number; readonly source: "file" | "api"; readonly changed: boolean; readonly settings: { readonly name: string; readonly administrators: readonly (string)[]; readonly features: { readonly community: boolean; readonly topic: boolean }; readonly groupCustomFields: readonly (string)[]; readonly memberCustomFields: readonly (string)[]; readonly profile: { readonly eventTime: "number" | "string"; readonly typeNames: "old" | "new" }; readonly quantities: { readonly newGroupsPerDay: number; readonly groups?: number | undefined; readonly avChatRooms?: number | undefined; readonly groupsPerUser: number; readonly topicsPerCommunity: number; readonly membersPerGroup: { readonly Work: number; readonly Public: number; readonly Meeting: number; readonly Community: number } }; readonly rates?: "documented" | number | undefined; readonly callback?: { readonly url: string; readonly allowPrivateNetwork: boolean; readonly allowNetworks: readonly (string)[]; readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined } | undefined; readonly beforeTimeout: "allow" | "refuse"; readonly retry: "standard" | "tencent" | "none" | readonly (number)[]; readonly concurrency: number; readonly rate?: number | undefined; readonly switches: readonly (string)[] } | undefined }; readonly secrets: { readonly secretKey: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] }; readonly token?: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] } | undefined } }; readonly secretKey?: string | undefined };
  };
  readApp: {
    path: { readonly sdkAppId: number };
    query: {};
    body: undefined;
    answer: { readonly app: { readonly sdkAppId: number; readonly source: "file" | "api"; readonly changed: boolean; readonly settings: { readonly name: string; readonly administrators: readonly (string)[]; readonly features: { readonly community: boolean; readonly topic: boolean }; readonly groupCustomFields: readonly (string)[]; readonly memberCustomFields: readonly (string)[]; readonly profile: { readonly eventTime: "number" | "string"; readonly typeNames: "old" | "new" }; readonly quantities: { readonly newGroupsPerDay: number; readonly groups?: number | undefined; readonly avChatRooms?: number | undefined; readonly groupsPerUser: number; readonly topicsPerCommunity: number; readonly membersPerGroup: { readonly Work: number; readonly Public: number; readonly Meeting: number; readonly Community: number } }; readonly rates?: "documented" | number | undefined; readonly callback?: { readonly url: string; readonly allowPrivateNetwork: boolean; readonly allowNetworks: readonly (string)[]; readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined } | undefined; readonly beforeTimeout: "allow" | "refuse"; readonly retry: "standard" | "tencent" | "none" | readonly (number)[]; readonly concurrency: number; readonly rate?: number | undefined; readonly switches: readonly (string)[] } | undefined }; readonly secrets: { readonly secretKey: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] }; readonly token?: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] } | undefined } } };
  };
  changeApp: {
    path: { readonly sdkAppId: number };
    query: {};
    body: { readonly name?: string | null | undefined; readonly secretKey?: string | null | undefined; readonly administrators?: readonly (string)[] | null | undefined; readonly features?: { readonly community?: boolean | null | undefined; readonly topic?: boolean | null | undefined } | null | undefined; readonly groupCustomFields?: readonly (string)[] | null | undefined; readonly memberCustomFields?: readonly (string)[] | null | undefined; readonly profile?: { readonly eventTime?: "number" | "string" | null | undefined; readonly typeNames?: "old" | "new" | null | undefined } | null | undefined; readonly quantities?: { readonly newGroupsPerDay?: number | null | undefined; readonly groups?: number | null | undefined; readonly avChatRooms?: number | null | undefined; readonly groupsPerUser?: number | null | undefined; readonly topicsPerCommunity?: number | null | undefined; readonly membersPerGroup?: { readonly Work?: number | null | undefined; readonly Public?: number | null | undefined; readonly Meeting?: number | null | undefined; readonly Community?: number | null | undefined } | null | undefined } | null | undefined; readonly rates?: "documented" | number | null | undefined; readonly callback?: { readonly url?: string | null | undefined; readonly token?: string | null | undefined; readonly allowPrivateNetwork?: boolean | null | undefined; readonly allowNetworks?: readonly (string)[] | null | undefined; readonly tls?: { readonly ca?: string | null | undefined; readonly cert?: string | null | undefined; readonly key?: string | null | undefined } | null | undefined; readonly beforeTimeout?: "allow" | "refuse" | null | undefined; readonly retry?: "standard" | "tencent" | "none" | readonly (number)[] | null | undefined; readonly concurrency?: number | null | undefined; readonly rate?: number | null | undefined; readonly switches?: readonly (string)[] | null | undefined } | null | undefined };
    answer: { readonly app: { readonly sdkAppId: number; readonly source: "file" | "api"; readonly changed: boolean; readonly settings: { readonly name: string; readonly administrators: readonly (string)[]; readonly features: { readonly community: boolean; readonly topic: boolean }; readonly groupCustomFields: readonly (string)[]; readonly memberCustomFields: readonly (string)[]; readonly profile: { readonly eventTime: "number" | "string"; readonly typeNames: "old" | "new" }; readonly quantities: { readonly newGroupsPerDay: number; readonly groups?: number | undefined; readonly avChatRooms?: number | undefined; readonly groupsPerUser: number; readonly topicsPerCommunity: number; readonly membersPerGroup: { readonly Work: number; readonly Public: number; readonly Meeting: number; readonly Community: number } }; readonly rates?: "documented" | number | undefined; readonly callback?: { readonly url: string; readonly allowPrivateNetwork: boolean; readonly allowNetworks: readonly (string)[]; readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined } | undefined; readonly beforeTimeout: "allow" | "refuse"; readonly retry: "standard" | "tencent" | "none" | readonly (number)[]; readonly concurrency: number; readonly rate?: number | undefined; readonly switches: readonly (string)[] } | undefined }; readonly secrets: { readonly secretKey: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] }; readonly token?: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] } | undefined } }; readonly cancelledCallbacks: number };
  };
  deleteApp: {
    path: { readonly sdkAppId: number };
    query: {};
    body: undefined;
    answer: { readonly cancelledCallbacks: number };
  };
  restoreApp: {
    path: { readonly sdkAppId: number };
    query: {};
    body: undefined;
    answer: { readonly app: { readonly sdkAppId: number; readonly source: "file" | "api"; readonly changed: boolean; readonly settings: { readonly name: string; readonly administrators: readonly (string)[]; readonly features: { readonly community: boolean; readonly topic: boolean }; readonly groupCustomFields: readonly (string)[]; readonly memberCustomFields: readonly (string)[]; readonly profile: { readonly eventTime: "number" | "string"; readonly typeNames: "old" | "new" }; readonly quantities: { readonly newGroupsPerDay: number; readonly groups?: number | undefined; readonly avChatRooms?: number | undefined; readonly groupsPerUser: number; readonly topicsPerCommunity: number; readonly membersPerGroup: { readonly Work: number; readonly Public: number; readonly Meeting: number; readonly Community: number } }; readonly rates?: "documented" | number | undefined; readonly callback?: { readonly url: string; readonly allowPrivateNetwork: boolean; readonly allowNetworks: readonly (string)[]; readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined } | undefined; readonly beforeTimeout: "allow" | "refuse"; readonly retry: "standard" | "tencent" | "none" | readonly (number)[]; readonly concurrency: number; readonly rate?: number | undefined; readonly switches: readonly (string)[] } | undefined }; readonly secrets: { readonly secretKey: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] }; readonly token?: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] } | undefined } }; readonly cancelledCallbacks: number };
  };
  rotateSecretKey: {
    path: { readonly sdkAppId: number };
    query: {};
    body: { readonly secretKey?: string | undefined; readonly overlapSeconds?: number | undefined };
    answer: { readonly app: { readonly sdkAppId: number; readonly source: "file" | "api"; readonly changed: boolean; readonly settings: { readonly name: string; readonly administrators: readonly (string)[]; readonly features: { readonly community: boolean; readonly topic: boolean }; readonly groupCustomFields: readonly (string)[]; readonly memberCustomFields: readonly (string)[]; readonly profile: { readonly eventTime: "number" | "string"; readonly typeNames: "old" | "new" }; readonly quantities: { readonly newGroupsPerDay: number; readonly groups?: number | undefined; readonly avChatRooms?: number | undefined; readonly groupsPerUser: number; readonly topicsPerCommunity: number; readonly membersPerGroup: { readonly Work: number; readonly Public: number; readonly Meeting: number; readonly Community: number } }; readonly rates?: "documented" | number | undefined; readonly callback?: { readonly url: string; readonly allowPrivateNetwork: boolean; readonly allowNetworks: readonly (string)[]; readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined } | undefined; readonly beforeTimeout: "allow" | "refuse"; readonly retry: "standard" | "tencent" | "none" | readonly (number)[]; readonly concurrency: number; readonly rate?: number | undefined; readonly switches: readonly (string)[] } | undefined }; readonly secrets: { readonly secretKey: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] }; readonly token?: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] } | undefined } }; readonly secretKey?: string | undefined };
  };
  rotateToken: {
    path: { readonly sdkAppId: number };
    query: {};
    body: { readonly token?: string | undefined; readonly overlapSeconds?: number | undefined };
    answer: { readonly app: { readonly sdkAppId: number; readonly source: "file" | "api"; readonly changed: boolean; readonly settings: { readonly name: string; readonly administrators: readonly (string)[]; readonly features: { readonly community: boolean; readonly topic: boolean }; readonly groupCustomFields: readonly (string)[]; readonly memberCustomFields: readonly (string)[]; readonly profile: { readonly eventTime: "number" | "string"; readonly typeNames: "old" | "new" }; readonly quantities: { readonly newGroupsPerDay: number; readonly groups?: number | undefined; readonly avChatRooms?: number | undefined; readonly groupsPerUser: number; readonly topicsPerCommunity: number; readonly membersPerGroup: { readonly Work: number; readonly Public: number; readonly Meeting: number; readonly Community: number } }; readonly rates?: "documented" | number | undefined; readonly callback?: { readonly url: string; readonly allowPrivateNetwork: boolean; readonly allowNetworks: readonly (string)[]; readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined } | undefined; readonly beforeTimeout: "allow" | "refuse"; readonly retry: "standard" | "tencent" | "none" | readonly (number)[]; readonly concurrency: number; readonly rate?: number | undefined; readonly switches: readonly (string)[] } | undefined }; readonly secrets: { readonly secretKey: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] }; readonly token?: { readonly fingerprint: string; readonly previous: readonly ({ readonly fingerprint: string; readonly validUntil: number })[] } | undefined } }; readonly token?: string | undefined };
  };
  issueUserSig: {
    path: { readonly sdkAppId: number; readonly userId: string };
    query: {};
    body: { readonly expiresIn?: number | undefined };
    answer: { readonly userSig: string; readonly expiresAt: number };
  };
  verifyCallback: {
    path: { readonly sdkAppId: number };
    query: {};
    body: { readonly url?: string | undefined; readonly token?: string | undefined; readonly allowPrivateNetwork?: boolean | undefined; readonly allowNetworks?: readonly (string)[] | undefined; readonly tls?: { readonly ca?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined } | undefined };
    answer: { readonly ok: boolean; readonly url: string; readonly command: string; readonly signed: boolean; readonly findings: readonly ({ readonly step: "url" | "name" | "address" | "connection" | "tls" | "answer" | "status" | "json" | "code" | "sign"; readonly verdict: "passed" | "noted" | "failed" | "unknown" | "not reached"; readonly message: string; readonly remedy?: string | undefined })[]; readonly attempt?: { readonly durationMs: number; readonly outcome: string; readonly status?: number | undefined; readonly code?: number | undefined; readonly answer?: string | undefined } | undefined };
  };
  readEndpoint: {
    path: { readonly sdkAppId: number };
    query: {};
    body: undefined;
    answer: { readonly state: "closed" | "open" | "disabled"; readonly failingSince?: number | undefined; readonly nextTry?: number | undefined; readonly lastOutcome?: string | undefined; readonly pending: number; readonly oldestPendingAgeMs?: number | undefined };
  };
  reviveEndpoint: {
    path: { readonly sdkAppId: number };
    query: {};
    body: undefined;
    answer: { readonly state: "closed" | "open" | "disabled"; readonly failingSince?: number | undefined; readonly nextTry?: number | undefined; readonly lastOutcome?: string | undefined; readonly pending: number; readonly oldestPendingAgeMs?: number | undefined };
  };
  listGroups: {
    path: { readonly sdkAppId: number };
    query: { readonly find?: string | undefined; readonly type?: "Work" | "Public" | "Meeting" | "AVChatRoom" | "Community" | undefined; readonly after?: number | undefined; readonly limit?: number | undefined };
    body: undefined;
    answer: { readonly groups: readonly ({ readonly groupId: string; readonly type: string; readonly name: string; readonly owner: string; readonly members: number; readonly createTime: number })[]; readonly total: number; readonly next: number | null };
  };
  readGroup: {
    path: { readonly sdkAppId: number; readonly groupId: string };
    query: {};
    body: undefined;
    answer: { readonly groupId: string; readonly type: string; readonly name: string; readonly owner: string; readonly members: number; readonly createTime: number; readonly introduction: string; readonly notification: string; readonly faceUrl: string; readonly lastInfoTime: number; readonly maxMembers: number; readonly applyJoinOption: string; readonly inviteJoinOption: string; readonly supportTopic: boolean; readonly topics: number; readonly muteAll: boolean; readonly customFields: Readonly<Record<string, string>>; readonly attributes: Readonly<Record<string, string>> };
  };
  disbandGroup: {
    path: { readonly sdkAppId: number; readonly groupId: string };
    query: {};
    body: undefined;
    answer: { readonly groupId: string };
  };
  listMembers: {
    path: { readonly sdkAppId: number; readonly groupId: string };
    query: { readonly after?: number | undefined; readonly limit?: number | undefined };
    body: undefined;
    answer: { readonly members: readonly ({ readonly userId: string; readonly role: "Owner" | "Admin" | "Member"; readonly joinTime: number; readonly nameCard: string; readonly mutedUntil: number })[]; readonly next: number | null };
  };
  listTopics: {
    path: { readonly sdkAppId: number; readonly groupId: string };
    query: { readonly after?: number | undefined; readonly limit?: number | undefined };
    body: undefined;
    answer: { readonly topics: readonly ({ readonly topicId: string; readonly name: string; readonly creator: string; readonly createTime: number; readonly muteAll: boolean })[]; readonly next: number | null };
  };
  deleteTopic: {
    path: { readonly sdkAppId: number; readonly groupId: string; readonly topicId: string };
    query: {};
    body: undefined;
    answer: { readonly topicId: string };
  };
  readHistory: {
    path: { readonly sdkAppId: number; readonly groupId: string };
    query: { readonly before?: number | undefined; readonly limit?: number | undefined };
    body: undefined;
    answer: { readonly callbacks: readonly ({ readonly position: number; readonly sdkAppId: number; readonly groupId: string | null; readonly sequence: number; readonly id: string; readonly command: string; readonly acceptedAt: number; readonly state: "pending" | "delivered" | "dead" | "cancelled"; readonly attempts: number; readonly lastOutcome?: "delivered" | "dns" | "forbidden-address" | "refused" | "connect-timeout" | "tls" | "reset" | "headers-timeout" | "body-timeout" | "too-large" | "status" | "not-json" | "other" | undefined; readonly replayOf?: number | undefined; readonly body: string })[]; readonly next: number | null };
  };
  streamDeliveries: {
    path: {};
    query: { readonly sdkAppId: number; readonly groupId?: string | undefined; readonly command?: "Group.CallbackBeforeCreateGroup" | "Group.CallbackAfterCreateGroup" | "Group.CallbackBeforeApplyJoinGroup" | "Group.CallbackBeforeInviteJoinGroup" | "Group.CallbackAfterNewMemberJoin" | "Group.CallbackAfterMemberExit" | "Group.CallbackBeforeSendMsg" | "Group.CallbackAfterSendMsg" | "Group.CallbackAfterGroupFull" | "Group.CallbackAfterGroupDestroyed" | "Group.CallbackAfterGroupInfoChanged" | "Group.CallbackAfterRecallMsg" | "Group.CallbackOnMemberStateChange" | "Group.CallbackSendMsgException" | "Group.CallbackBeforeCreateTopic" | "Group.CallbackAfterCreateTopic" | "Group.CallbackAfterTopicDestroyed" | "Group.CallbackAfterTopicInfoChanged" | "Group.CallbackOnDailyGroupQuotaAlarm" | "Group.CallbackAfterMemberFieldChanged" | "Group.CallbackAfterGroupAttrChanged" | "Group.CallbackAfterReadReceipt" | "Group.CallbackAfterChangeGroupOwner" | "Group.CallbackAfterGroupMsgExtension" | undefined; readonly verdict?: "delivered" | "failed" | undefined };
    body: undefined;
    answer: { readonly total: number; readonly deliveries: readonly ({ readonly position: number; readonly groupId: string | null; readonly sequence: number; readonly command: string; readonly attempt: number; readonly startedAt: number; readonly durationMs: number; readonly outcome: string; readonly status?: number | undefined; readonly state: "delivered" | "pending" | "dead"; readonly isReplay: boolean })[] };
  };
  readSeries: {
    path: { readonly sdkAppId: number };
    query: { readonly range?: "15m" | "1h" | "24h" | "7d" | "30d" | undefined };
    body: undefined;
    answer: { readonly from: number; readonly to: number; readonly step: number; readonly points: readonly ({ readonly at: number; readonly attempts: number; readonly delivered: number; readonly dead: number; readonly pending: number; readonly p50?: number | undefined; readonly p99?: number | undefined })[] };
  };
  listDeliveries: {
    path: {};
    query: { readonly sdkAppId?: number | undefined; readonly groupId?: string | undefined; readonly command?: "Group.CallbackBeforeCreateGroup" | "Group.CallbackAfterCreateGroup" | "Group.CallbackBeforeApplyJoinGroup" | "Group.CallbackBeforeInviteJoinGroup" | "Group.CallbackAfterNewMemberJoin" | "Group.CallbackAfterMemberExit" | "Group.CallbackBeforeSendMsg" | "Group.CallbackAfterSendMsg" | "Group.CallbackAfterGroupFull" | "Group.CallbackAfterGroupDestroyed" | "Group.CallbackAfterGroupInfoChanged" | "Group.CallbackAfterRecallMsg" | "Group.CallbackOnMemberStateChange" | "Group.CallbackSendMsgException" | "Group.CallbackBeforeCreateTopic" | "Group.CallbackAfterCreateTopic" | "Group.CallbackAfterTopicDestroyed" | "Group.CallbackAfterTopicInfoChanged" | "Group.CallbackOnDailyGroupQuotaAlarm" | "Group.CallbackAfterMemberFieldChanged" | "Group.CallbackAfterGroupAttrChanged" | "Group.CallbackAfterReadReceipt" | "Group.CallbackAfterChangeGroupOwner" | "Group.CallbackAfterGroupMsgExtension" | undefined; readonly state?: "pending" | "delivered" | "dead" | "cancelled" | undefined; readonly from?: number | string | undefined; readonly to?: number | string | undefined; readonly id?: string | undefined; readonly before?: number | undefined; readonly limit?: number | undefined };
    body: undefined;
    answer: { readonly deliveries: readonly ({ readonly position: number; readonly sdkAppId: number; readonly groupId: string | null; readonly sequence: number; readonly id: string; readonly command: string; readonly acceptedAt: number; readonly state: "pending" | "delivered" | "dead" | "cancelled"; readonly attempts: number; readonly lastOutcome?: "delivered" | "dns" | "forbidden-address" | "refused" | "connect-timeout" | "tls" | "reset" | "headers-timeout" | "body-timeout" | "too-large" | "status" | "not-json" | "other" | undefined; readonly replayOf?: number | undefined })[]; readonly next: number | null };
  };
  readDelivery: {
    path: { readonly position: number };
    query: {};
    body: undefined;
    answer: { readonly position: number; readonly sdkAppId: number; readonly groupId: string | null; readonly sequence: number; readonly id: string; readonly command: string; readonly acceptedAt: number; readonly state: "pending" | "delivered" | "dead" | "cancelled"; readonly attempts: readonly ({ readonly number: number; readonly startedAt: number; readonly durationMs: number; readonly outcome: "delivered" | "dns" | "forbidden-address" | "refused" | "connect-timeout" | "tls" | "reset" | "headers-timeout" | "body-timeout" | "too-large" | "status" | "not-json" | "other"; readonly status?: number | undefined; readonly code?: number | undefined; readonly answer?: string | undefined; readonly error?: string | undefined })[]; readonly lastOutcome?: "delivered" | "dns" | "forbidden-address" | "refused" | "connect-timeout" | "tls" | "reset" | "headers-timeout" | "body-timeout" | "too-large" | "status" | "not-json" | "other" | undefined; readonly replayOf?: number | undefined; readonly retryAt?: number | undefined; readonly givenUpAt?: number | undefined; readonly request: { readonly parameters: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }; readonly replays: readonly ({ readonly position: number; readonly sdkAppId: number; readonly groupId: string | null; readonly sequence: number; readonly id: string; readonly command: string; readonly acceptedAt: number; readonly state: "pending" | "delivered" | "dead" | "cancelled"; readonly attempts: number; readonly lastOutcome?: "delivered" | "dns" | "forbidden-address" | "refused" | "connect-timeout" | "tls" | "reset" | "headers-timeout" | "body-timeout" | "too-large" | "status" | "not-json" | "other" | undefined; readonly replayOf?: number | undefined })[] };
  };
  replayDelivery: {
    path: { readonly position: number };
    query: { readonly sdkAppId?: number | undefined };
    body: undefined;
    answer: { readonly queued: number; readonly waiting: number };
  };
  replayDeliveries: {
    path: {};
    query: {};
    body: { readonly sdkAppId: number; readonly groupId?: string | undefined; readonly command?: "Group.CallbackBeforeCreateGroup" | "Group.CallbackAfterCreateGroup" | "Group.CallbackBeforeApplyJoinGroup" | "Group.CallbackBeforeInviteJoinGroup" | "Group.CallbackAfterNewMemberJoin" | "Group.CallbackAfterMemberExit" | "Group.CallbackBeforeSendMsg" | "Group.CallbackAfterSendMsg" | "Group.CallbackAfterGroupFull" | "Group.CallbackAfterGroupDestroyed" | "Group.CallbackAfterGroupInfoChanged" | "Group.CallbackAfterRecallMsg" | "Group.CallbackOnMemberStateChange" | "Group.CallbackSendMsgException" | "Group.CallbackBeforeCreateTopic" | "Group.CallbackAfterCreateTopic" | "Group.CallbackAfterTopicDestroyed" | "Group.CallbackAfterTopicInfoChanged" | "Group.CallbackOnDailyGroupQuotaAlarm" | "Group.CallbackAfterMemberFieldChanged" | "Group.CallbackAfterGroupAttrChanged" | "Group.CallbackAfterReadReceipt" | "Group.CallbackAfterChangeGroupOwner" | "Group.CallbackAfterGroupMsgExtension" | undefined; readonly state?: "delivered" | "dead" | "cancelled" | undefined; readonly from?: number | string | undefined; readonly to?: number | string | undefined; readonly id?: string | undefined; readonly next?: string | undefined };
    answer: { readonly queued: number; readonly waiting: number; readonly next: string | null };
  };
}
