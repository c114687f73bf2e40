/** An event of a group, as far as it matters for the group's state. */
export interface GroupEvent {
  readonly command: string;
  /** The sender's number of the event within its group. */
  readonly sequence: number | undefined;
  /** The body's `EventTime`, in ms since 1970. */
  readonly eventTime: number | undefined;
  readonly receivedAt: number;
  /** Whether it could not be read: then it tells nothing, but has its number. */
  readonly quarantined: boolean;
  /** The body as JSON; `undefined` where it does not matter. */
  readonly body: unknown;
}

/** When an event happened, in ms since 1970: by its own account, else when it was received. */
export function timeOf({ eventTime, receivedAt }: Pick<GroupEvent, "eventTime" | "receivedAt">): number {
  return eventTime ?? receivedAt;
}

/** Whether an event says that it happened before `moment`; of a numbered one, its number says more. */
export function isOlder({ sequence, eventTime }: GroupEvent, moment: number | undefined): boolean {
  return sequence === undefined && eventTime !== undefined && moment !== undefined && eventTime < moment;
}
