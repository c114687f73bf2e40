import type { ErrorCode } from "@muster/protocol";

import type { Context } from "../context.ts";
import type { GroupEvent } from "../group/group-events.ts";
import type { GroupWrites, WritePlan } from "../ports/store.ts";

/** Why a command was not carried out. Nothing has changed. */
export interface Refusal {
  /** One of the documented codes, or of the app's own between 10100 and 10200. */
  readonly code: number;
  /** Which field, and why: goes to the caller as `ErrorInfo`. */
  readonly info: string;
}

export type Outcome<R> =
  | { readonly ok: true; readonly result: R; readonly events: readonly GroupEvent[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** A command: decides by the rules, changes the groups, tells what has happened. */
export interface Command<I, R> extends WritePlan {
  (tx: GroupWrites, context: Context, input: I): Promise<Outcome<R>>;
}

/** The same command, which may be written together with others of its kind. */
export function sharing<I, R>(command: Command<I, R>): Command<I, R> {
  return Object.assign(command, { sharesCommit: true });
}

export function done<R>(result: R, ...events: GroupEvent[]): Outcome<R> {
  return { ok: true, result, events };
}

export function refuse(code: ErrorCode, info: string): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { code, info } };
}
