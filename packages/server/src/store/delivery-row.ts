import type { CallbackCommand, OptPlatform } from "@muster/protocol";

import {
  groupOfLane,
  type Delivery,
  type DeliveryDetail,
  type DeliveryFilter,
  type DeliveryState,
} from "../deliveries.ts";
import type { Attempt, AttemptOutcome } from "../ports/outbox.ts";
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

/** The same with all that there is to look at. */
export interface DetailRow extends DeliveryRow {
  readonly body: string;
  readonly client_ip: string;
  readonly platform: string;
  readonly retry_at: number | null;
  readonly given_up_at: number | null;
}

/** An attempt at delivering the callback at a position. */
export interface AttemptRow {
  readonly position: number;
  readonly number: number;
  readonly started_at: number;
  readonly duration_ms: number;
  readonly outcome: string;
  readonly status: number | null;
  readonly code: number | null;
  readonly answer: string | null;
  readonly error: string | null;
}

/** What is known of the last attempt where callbacks are listed. */
export type LastAttemptRow = Pick<AttemptRow, "number" | "outcome">;

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

/** @param last the last attempt, where there was one */
export function toDelivery(row: DeliveryRow, last: LastAttemptRow | undefined): Delivery {
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
    attempts: last?.number ?? 0,
    ...(last && { lastOutcome: last.outcome as AttemptOutcome }),
  };
}

export function toDetail(
  row: DetailRow,
  attempts: readonly AttemptRow[],
  replays: readonly Delivery[],
): DeliveryDetail {
  return {
    delivery: toDelivery(row, attempts.at(-1)),
    body: row.body,
    clientIp: row.client_ip,
    platform: row.platform as OptPlatform,
    attempts: attempts.map(toAttempt),
    retryAt: row.retry_at ?? undefined,
    givenUpAt: row.given_up_at ?? undefined,
    replays,
  };
}

function toAttempt({ number, started_at, duration_ms, outcome, status, code, answer, error }: AttemptRow): Attempt {
  return {
    number,
    startedAt: started_at,
    durationMs: duration_ms,
    outcome: outcome as AttemptOutcome,
    ...(status === null ? {} : { status }),
    ...(code === null ? {} : { code }),
    ...(answer === null ? {} : { answer }),
    ...(error === null ? {} : { error }),
  };
}
