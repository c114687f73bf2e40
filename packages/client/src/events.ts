import type { Group } from "./calls/group-calls.ts";
import type { KickedOut, NetState, TYPES } from "./types.ts";

/** The events of a client, named and spelt as in Tencent's web SDK. */
export const EVENT = {
  /** The login succeeded: groups can be worked with. */
  SDK_READY: "sdkStateReady",
  /** The login has ended for good, by logout or otherwise. Log in again to go on. */
  SDK_NOT_READY: "sdkStateNotReady",
  /** The app ended the user's sessions, or the UserSig is accepted no more: `SDK_NOT_READY` comes next. */
  KICKED_OUT: "kickedOut",
  /** The connection was lost, could not be restored so far, or is there again. */
  NET_STATE_CHANGE: "netStateChange",
  /** More was missed than the server keeps: these are the user's groups now. Whatever else of them is shown, read it again. */
  GROUP_LIST_UPDATED: "onGroupListUpdated",
  /** Something happened in a group that the user is in, told as a message of type `TYPES.MSG_GRP_TIP`. */
  MESSAGE_RECEIVED: "onMessageReceived",
  /** Something happened that concerns this user: see `GroupSystemNotice`. */
  GROUP_SYSTEM_NOTICE_RECEIVED: "receiveGroupSystemNotice",
  /** A topic was created in a community that the user is in. */
  TOPIC_CREATED: "onTopicCreated",
  /** Topics of a community that the user is in were deleted. */
  TOPIC_DELETED: "onTopicDeleted",
  /** The profile of a topic changed. */
  TOPIC_UPDATED: "onTopicUpdated",
  /** The attributes of a group changed; told with all that there are now. */
  GROUP_ATTRIBUTES_UPDATED: "groupAttributesUpdated",
} as const;

export type EventName = (typeof EVENT)[keyof typeof EVENT];

/** What each event tells. */
export interface EventData {
  readonly [EVENT.SDK_READY]: { readonly userID: string };
  readonly [EVENT.SDK_NOT_READY]: ConnectionEnd;
  readonly [EVENT.KICKED_OUT]: { readonly type: KickedOut };
  readonly [EVENT.NET_STATE_CHANGE]: { readonly state: NetState };
  readonly [EVENT.GROUP_LIST_UPDATED]: readonly Group[];
  readonly [EVENT.MESSAGE_RECEIVED]: readonly GroupTip[];
  readonly [EVENT.GROUP_SYSTEM_NOTICE_RECEIVED]: GroupSystemNotice;
  readonly [EVENT.TOPIC_CREATED]: { readonly groupID: string; readonly topicID: string; readonly operatorID: string };
  readonly [EVENT.TOPIC_DELETED]: {
    readonly groupID: string;
    readonly topicIDList: readonly string[];
    readonly operatorID: string;
  };
  readonly [EVENT.TOPIC_UPDATED]: {
    readonly groupID: string;
    readonly topicID: string;
    /** What has changed of it. */
    readonly topic: Omit<ChangedProfile, "groupName" | "ownerID"> & { readonly topicName?: string };
    readonly operatorID: string;
  };
  readonly [EVENT.GROUP_ATTRIBUTES_UPDATED]: {
    readonly groupID: string;
    readonly groupAttributes: Readonly<Record<string, string>>;
    readonly operatorID: string;
  };
}

/** How a connection ended. */
export interface ConnectionEnd {
  /**
   * The WebSocket's close code: 1000 after a logout, 1001 where the server stops, 1006 where the network failed, 4001
   * where the server refuses the login, 4003 where the app ended the sessions.
   */
  readonly code: number;
  readonly reason: string;
}

/** What concerns this user. */
export type GroupSystemNotice =
  | {
      /**
       * 4: this user was removed from the group; 5: the group was disbanded; 6: it was created, and this user owns
       * it; 7: this user was brought into it; 8: this user left it, on this device or another; 9: this user was made
       * an admin; 10: and is none any more.
       */
      readonly operationType: 4 | 5 | 6 | 7 | 8 | 9 | 10;
      readonly groupID: string;
      readonly groupName: string;
      /** Who did it. */
      readonly operatorID: string;
    }
  | {
      /** Somebody wants to join a group, or is wanted in it by a member, and this user may decide. */
      readonly operationType: 1;
      readonly groupID: string;
      readonly groupName: string;
      /** Who wants to join, or is wanted. */
      readonly operatorID: string;
      /** The member who invited; empty where the user applied. */
      readonly inviterID: string;
      /** What the applicant has to say. */
      readonly applyMessage: string;
    }
  | {
      /** 2: this user's application was accepted; 3: it was refused. */
      readonly operationType: 2 | 3;
      readonly groupID: string;
      readonly groupName: string;
      readonly operatorID: string;
      /** What whoever decided has to say. */
      readonly handleMessage: string;
    }
  | {
      /** A text from the app's own backend. */
      readonly operationType: 255;
      readonly groupID: string;
      readonly groupName: string;
      /** The topic that it was sent to; absent where it is the whole group's. */
      readonly topicID?: string;
      readonly userDefinedField: string;
    };

/** The part of a group's profile that has changed. */
export interface ChangedProfile {
  readonly groupName?: string;
  readonly introduction?: string;
  readonly notification?: string;
  readonly avatar?: string;
  readonly ownerID?: string;
}

/** What happened in a group, as a message that the group tells. */
export interface GroupTip {
  readonly type: typeof TYPES.MSG_GRP_TIP;
  /** The group. */
  readonly to: string;
  readonly payload: {
    /** One of `TYPES.GRP_TIP_…`. */
    readonly operationType: 1 | 2 | 3 | 4 | 5 | 6 | 7;
    /** Who did it. */
    readonly operatorID: string;
    /** Whom it concerns; empty where it concerns the group as a whole. */
    readonly userIDList: readonly string[];
    /** What has changed, for `GRP_TIP_GRP_PROFILE_UPDATED`. */
    readonly newGroupProfile?: ChangedProfile;
    /** What has changed, for `GRP_TIP_MBR_PROFILE_UPDATED`. */
    readonly memberList?: readonly { readonly userID: string; readonly nameCard: string }[];
  };
}

/** What a listener is called with. */
export interface ClientEvent<E extends EventName> {
  readonly name: E;
  readonly data: EventData[E];
}

export type Listener<E extends EventName> = (event: ClientEvent<E>) => void;

/** Listeners, by event. */
export interface Emitter {
  /** Adds a listener; one that is there already is not called twice. */
  readonly on: <E extends EventName>(event: E, listener: Listener<E>) => void;
  readonly off: <E extends EventName>(event: E, listener: Listener<E>) => void;
  /** Takes off all listeners. */
  readonly clear: () => void;
  /** Calls the event's listeners, in the order in which they were added. Never throws. */
  readonly emit: <E extends EventName>(event: E, data: EventData[E]) => void;
}

export function createEmitter(): Emitter {
  const listeners: { readonly [E in EventName]: Set<Listener<E>> } = {
    [EVENT.SDK_READY]: new Set(),
    [EVENT.SDK_NOT_READY]: new Set(),
    [EVENT.KICKED_OUT]: new Set(),
    [EVENT.NET_STATE_CHANGE]: new Set(),
    [EVENT.GROUP_LIST_UPDATED]: new Set(),
    [EVENT.MESSAGE_RECEIVED]: new Set(),
    [EVENT.GROUP_SYSTEM_NOTICE_RECEIVED]: new Set(),
    [EVENT.TOPIC_CREATED]: new Set(),
    [EVENT.TOPIC_DELETED]: new Set(),
    [EVENT.TOPIC_UPDATED]: new Set(),
    [EVENT.GROUP_ATTRIBUTES_UPDATED]: new Set(),
  };
  return {
    on(event, listener) {
      listeners[event].add(listener);
    },
    off(event, listener) {
      listeners[event].delete(listener);
    },
    clear() {
      for (const all of Object.values(listeners)) all.clear();
    },
    emit(event, data) {
      const present = [...listeners[event]];
      for (const listener of present) {
        try {
          listener({ name: event, data });
        } catch (error) {
          // The fault is the app's, not the client's: it must neither keep the other listeners from being called nor
          // go unseen, and there is nobody here to throw it to.
          // oxlint-disable-next-line no-console
          console.error(`A listener of ${event} failed:`, error);
        }
      }
    },
  };
}
