/** Part of a JSON object. */
export type Fields = Record<string, unknown>;

/** Everything that there is in one app. */
export interface World {
  readonly sdkAppId: number;
  readonly quantities: Quantities;
  readonly accounts: Set<string>;
  /** In order of creation. */
  readonly groups: Map<string, Group>;
  /** What each group's id has had of callbacks, in order, also before it was disbanded and used again. */
  readonly callbacks: Map<string, Fields[]>;
  /** The day on which groups were last created or disbanded, and by how much there were more of them since. */
  growth: { readonly day: number; readonly net: number; readonly alarmed: boolean };
  /** Counts joins, so that they have an order across groups. */
  joins: number;
}

/** How much the app may have. */
export interface Quantities {
  readonly newGroupsPerDay: number;
  readonly groups: number;
  readonly avChatRooms: number;
  readonly groupsPerUser: number;
  readonly topicsPerCommunity: number;
  readonly membersPerGroup: Readonly<Record<TypeName, number>>;
}

export interface Group {
  readonly id: string;
  readonly type: TypeName;
  readonly texts: { Name: string; Introduction: string; Notification: string; FaceUrl: string };
  owner: string;
  readonly created: number;
  changed: number;
  most: number;
  apply: string;
  invite: string;
  muteAll: string;
  readonly supportsTopics: boolean;
  readonly fields: Map<string, string>;
  /** In order of joining. */
  readonly members: Map<string, Member>;
  readonly topics: Map<string, Topic>;
  readonly bans: Map<string, number>;
  /** Who is muted, where no members are kept. */
  readonly mutes: Map<string, number>;
  readonly attributes: Map<string, string>;
}

export interface Member {
  readonly id: string;
  readonly place: number;
  readonly joined: number;
  role: "Owner" | "Admin" | "Member";
  card: string;
  flag: string;
  mutedUntil: number;
  /** Until when, by topic. */
  readonly mutedIn: Map<string, number>;
  readonly fields: Map<string, string>;
}

export interface Topic {
  readonly id: string;
  readonly texts: { Name: string; Introduction: string; Notification: string; FaceUrl: string };
  readonly created: number;
  custom: string;
  muteAll: string;
}

/** What the types of groups are like. */
export const types = {
  Work: { wire: "Private", mark: "1", most: 6000, dismissable: false, listed: true, admins: false, mutes: false },
  Public: { wire: "Public", mark: "2", most: 6000, dismissable: true, listed: true, admins: true, mutes: true },
  Meeting: { wire: "ChatRoom", mark: "3", most: 6000, dismissable: true, listed: true, admins: true, mutes: true },
  // It keeps no list of members: nobody can be added, imported, removed, made owner or admin.
  AVChatRoom: {
    wire: "AVChatRoom",
    mark: "a",
    most: 4_294_967_295,
    dismissable: true,
    listed: false,
    admins: false,
    mutes: true,
  },
  Community: {
    wire: "Community",
    mark: "_@TGS#c",
    most: 100_000,
    dismissable: true,
    listed: true,
    admins: true,
    mutes: true,
  },
} as const;

export type TypeName = keyof typeof types;

/** The custom fields that the app is configured for, and the administrators that it has. */
export const app = { groupFields: ["Colour"], memberFields: ["Team"], administrator: "administrator" } as const;

export function emptyWorld(sdkAppId: number, quantities: Quantities): World {
  return {
    sdkAppId,
    quantities,
    accounts: new Set([app.administrator]),
    groups: new Map(),
    callbacks: new Map(),
    growth: { day: 0, net: 0, alarmed: false },
    joins: 0,
  };
}

/** Whether a user is in as many groups as a user may be. */
export function hasTooMany({ groups, quantities }: World, id: string): boolean {
  return [...groups.values()].filter(({ members }) => members.has(id)).length >= quantities.groupsPerUser;
}

const DAY = 86_400_000;

/** How the groups of the day have become more so far. */
export function growthAt({ growth }: World, now: number): World["growth"] {
  const day = Math.floor(now / DAY);
  return growth.day === day ? growth : { day, net: 0, alarmed: false };
}

/** Whoever connects for the first time becomes known to the app. */
export function connected(world: World, user: string): World {
  return { ...world, accounts: new Set([...world.accounts, user]) };
}

export function typeCalled(name: string): TypeName | undefined {
  const all: readonly TypeName[] = ["Work", "Public", "Meeting", "AVChatRoom", "Community"];
  return all.find((type) => type === name || types[type].wire === name);
}

export function join(world: World, { members, type }: Group, id: string, joined: number, role: Member["role"]): void {
  world.joins += 1;
  const [fields, mutedIn] = [new Map<string, string>(), new Map<string, number>()];
  const flag = type === "Meeting" ? "AcceptNotNotify" : "AcceptAndNotify";
  members.set(id, { id, place: world.joins, joined, role, card: "", flag, mutedUntil: 0, mutedIn, fields });
}

export function ownerFirst({ members }: Group): Member[] {
  return [...members.values()].toSorted((a, b) => Number(b.role === "Owner") - Number(a.role === "Owner"));
}
