/** The events of a client, named and spelt as in Tencent's web SDK. */
export const EVENT = {
  /** The login succeeded: groups can be worked with. */
  SDK_READY: "sdkStateReady",
  /** The connection has ended, by logout or otherwise. Log in again to go on. */
  SDK_NOT_READY: "sdkStateNotReady",
  /** A group that the user is in was created or disbanded. */
  GROUP_SYSTEM_NOTICE_RECEIVED: "receiveGroupSystemNotice",
  /** A topic was created in a community that the user is in. */
  TOPIC_CREATED: "onTopicCreated",
  /** Topics of a community that the user is in were deleted. */
  TOPIC_DELETED: "onTopicDeleted",
} as const;

export type EventName = (typeof EVENT)[keyof typeof EVENT];

/** What each event tells. */
export interface EventData {
  readonly [EVENT.SDK_READY]: { readonly userID: string };
  readonly [EVENT.SDK_NOT_READY]: ConnectionEnd;
  readonly [EVENT.GROUP_SYSTEM_NOTICE_RECEIVED]: GroupSystemNotice;
  readonly [EVENT.TOPIC_CREATED]: { readonly groupID: string; readonly topicID: string; readonly operatorID: string };
  readonly [EVENT.TOPIC_DELETED]: {
    readonly groupID: string;
    readonly topicIDList: readonly string[];
    readonly operatorID: string;
  };
}

/** How a connection ended. */
export interface ConnectionEnd {
  /** The WebSocket's close code: 1000 after a logout, 1001 where the server stops, 1006 where the network failed. */
  readonly code: number;
  readonly reason: string;
}

/** What has become of a group. */
export interface GroupSystemNotice {
  /** 5: the group was disbanded; 6: it was created, and this user owns it; 7: it was created with this user in it. */
  readonly operationType: 5 | 6 | 7;
  readonly groupID: string;
  readonly groupName: string;
  /** Who did it. */
  readonly operatorID: string;
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
  /** Calls the event's listeners, in the order in which they were added. Never throws. */
  readonly emit: <E extends EventName>(event: E, data: EventData[E]) => void;
}

export function createEmitter(): Emitter {
  const listeners: { readonly [E in EventName]: Set<Listener<E>> } = {
    [EVENT.SDK_READY]: new Set(),
    [EVENT.SDK_NOT_READY]: new Set(),
    [EVENT.GROUP_SYSTEM_NOTICE_RECEIVED]: new Set(),
    [EVENT.TOPIC_CREATED]: new Set(),
    [EVENT.TOPIC_DELETED]: new Set(),
  };
  return {
    on(event, listener) {
      listeners[event].add(listener);
    },
    off(event, listener) {
      listeners[event].delete(listener);
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
