import { laneKinds, type AppLanes, type Lane, type Track } from "./lanes.ts";

/**
 * When lanes that have nothing left in memory are read: shortly before their turn. What is read sooner would grow old in
 * memory, and lanes whose turns come soon after one another are read together. A lane is UNREAD until those that were
 * ready before it are nearly through; where nobody is before it, it is read at once.
 */
export interface Refills {
  /** A lane has nothing left in memory, and more in the outbox. */
  add(lane: Lane): void;
  /** Reads those that come next: some before them have had their turn. */
  look(track: Track): void;
  /** One that was read has nothing to send after all: nobody waits behind it. */
  passed(track: Track): void;
  /** Takes out those of which `isOver` says so, and returns them. */
  withdraw(isOver: (lane: Lane) => boolean): Lane[];
}

export interface RefillsPorts {
  /** All apps that have, or had, lanes in memory. */
  readonly apps: () => Iterable<AppLanes>;
  /** Begins to read a lane. What is begun in one go can be read as one. */
  readonly read: (lane: Lane) => void;
  /** So many lanes are read in one go. */
  readonly together: number;
}

export function createRefills({ apps, read, together }: RefillsPorts): Refills {
  function look(track: Track): void {
    const { unread, ready, sending } = track;
    // While they are being read, others take the places of those that are sending: so many must be ready then.
    const ahead = Math.min(together, sending) / 2;
    while (unread.length > 0 && ready.taken + ahead >= track.unreadFrom) {
      const next = unread.splice(0, together);
      track.unreadFrom += next.length;
      for (const lane of next) read(lane);
    }
  }

  return {
    add(lane) {
      const { track } = lane;
      if (track.unread.length === 0) track.unreadFrom = track.ready.taken + track.ready.size;
      track.unread.push(lane);
      look(track);
    },
    look,
    passed(track) {
      track.unreadFrom -= 1;
      look(track);
    },
    withdraw(isOver) {
      const withdrawn: Lane[] = [];
      for (const { tracks } of apps()) {
        for (const kind of laneKinds) {
          const { unread } = tracks[kind];
          for (const lane of unread.splice(0)) (isOver(lane) ? withdrawn : unread).push(lane);
        }
      }
      return withdrawn;
    },
  };
}
