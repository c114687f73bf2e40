import type { AttemptOutcome } from "./outbox.ts";

/** An app's endpoint that is not sent to, or only now and then, because it failed. All times in ms since 1970. */
export interface EndpointState {
  readonly sdkAppId: number;
  readonly failingSince: number;
  /** How often in a row it was found failing. */
  readonly openings: number;
  /** What went wrong the last time. */
  readonly outcome: AttemptOutcome;
  /** When it is tried again; `undefined` where somebody has to say that it is back. */
  readonly until: number | undefined;
}

/** The states of endpoints, kept. */
export interface EndpointStates {
  all(): Promise<EndpointState[]>;
  put(state: EndpointState): Promise<void>;
  remove(sdkAppId: number): Promise<void>;
  /** Puts off when the endpoint is tried again, if the state is still that one; whether it was. */
  claim(state: EndpointState, until: number): Promise<boolean>;
}
