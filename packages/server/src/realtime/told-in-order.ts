import type { Notice } from "../ports/notice-log.ts";
import type { NoticeFrame } from "@muster/protocol";

/** What one device is told: each thing once, in order, what it missed before what happens now. */
export interface ToldInOrder {
  /** Takes what happens; until `begin` it waits. */
  tell(notice: Notice): void;
  /** Goes on from a position with what was missed since then, and whatever has come meanwhile. */
  begin(position: number, missed: readonly NoticeFrame[]): void;
}

/**
 * BEHIND until `begin`, then UP TO DATE. What was committed before the log was read comes twice, from the log and by
 * `tell`; what was committed after, by `tell` alone. The position decides: nothing is told that is not behind the last.
 */
export function createToldInOrder(send: (frame: NoticeFrame) => void): ToldInOrder {
  let waiting: NoticeFrame[] | undefined = [];
  let last = 0;

  function tellNow(frame: NoticeFrame): void {
    const { position = 0 } = frame;
    if (position <= last) return;
    last = position;
    send(frame);
  }

  return {
    tell({ frame, position }) {
      const placed = { ...frame, position };
      if (waiting) waiting.push(placed);
      else tellNow(placed);
    },
    begin(position, missed) {
      const meanwhile = waiting ?? [];
      waiting = undefined;
      last = position;
      for (const frame of missed) tellNow(frame);
      for (const frame of meanwhile) tellNow(frame);
    },
  };
}
