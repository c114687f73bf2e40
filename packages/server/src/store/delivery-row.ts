import type { CallbackCommand } from "@muster/protocol";

import { groupOfLane, type Delivery, type DeliveryFilter, type DeliveryState } from "../deliveries.ts";
import { originalOf } from "./rows.ts";

/** A callback as it is looked at, alike in all databases. */
export interface DeliveryRow {
  readonly position: number;
  readonly app: number;
  readonly lane: string;
  readonly sequence: number;
  readonly id: string;
  readonly command: string;
  readonly accepted_at: number;
  readonly replay_of: number | null;
  readonly replay_sequence: number | null;
  readonly state: DeliveryState;
}

/** Whether a candidate is asked for. */
export function fits({ sdkAppId, group, command, state, from, to, id }: DeliveryFilter, row: DeliveryRow): boolean {
  return (
    (sdkAppId === undefined || row.app === sdkAppId) &&
    (group === undefined || groupOfLane(row.lane) === group) &&
    (command === undefined || row.command === command) &&
    (state === undefined || row.state === state) &&
    (from === undefined || row.accepted_at >= from) &&
    (to === undefined || row.accepted_at < to) &&
    (id === undefined || row.id === id)
  );
}

/** What a row tells, but for the attempts. */
export function toDelivery(row: DeliveryRow): Omit<Delivery, "attempts"> {
  const original = originalOf(row);
  return {
    position: row.position,
    sdkAppId: row.app,
    group: groupOfLane(row.lane),
    sequence: original.replayOf?.sequence ?? row.sequence,
    id: row.id,
    command: row.command as CallbackCommand,
    acceptedAt: row.accepted_at,
    state: row.state,
    ...original,
  };
}
