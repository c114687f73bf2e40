import type { Clock } from "@muster/foundation";

import type { EndpointState } from "../ports/endpoint-states.ts";
import type { Attempt, AttemptOutcome } from "../ports/outbox.ts";

/**
 * Whether an app's endpoint is sent anything right now. Of each app it is
 *
 *   CLOSED     sent to, as many at a time and as often a second as the app allows. So many failures in a row, of
 *              more than one group: OPEN.
 *   OPEN       not sent to until a time, which is later each time. Then, one attempt alone: delivered, CLOSED, and
 *              what was put off meanwhile goes at once; failed, OPEN for longer. Of several nodes the one makes it that
 *              is the first to put off that time for the others; where nothing comes of it, it is another's then.
 *   DISABLED   not sent to any more, after days of failures only. Nothing is lost: it waits until somebody says that
 *              the endpoint is back.
 *
 * The words are those of circuit breakers: closed is when all is well. It is the endpoint that is judged here, not the
 * callback: one that alone fails has its own schedule, and others that work in between keep the gate closed.
 */
export interface EndpointGate {
  /** Whether another attempt may begin beside those of the app's that are under way. */
  admits(sdkAppId: number, underWay: number): boolean;
  /** When that may be otherwise, ms since 1970; `undefined` where no time will change it. */
  nextLook(sdkAppId: number): number | undefined;
  /** Most attempts of the app's at a time. */
  concurrencyOf(sdkAppId: number): number;
  began(sdkAppId: number): void;
  /** Hears of an attempt's end. `true` where the endpoint can be reached again: what was put off need not wait. */
  ended(sdkAppId: number, lane: string, attempt: Attempt): boolean;
  /** Somebody says that the endpoint is back, or is another: what was held against it is forgotten. */
  revive(sdkAppId: number): void;
  /** Another node has found that the endpoint is so; whether that is news. */
  adopt(sdkAppId: number, state: EndpointState | undefined): boolean;
  /** Of an endpoint that is not closed. */
  stateOf(sdkAppId: number): EndpointState | undefined;
  /** The apps whose endpoints are not closed. */
  failing(): number[];
}

/** What an app allows of its endpoint. */
export interface EndpointLimits {
  /** Most attempts at a time. */
  readonly concurrency: number;
  /** Most attempts a second, as many as there are where it is absent. */
  readonly rate: number | undefined;
}

/** What one of several nodes may use of the limits: its part of the lanes; of attempts at a time at least one. */
export function partOfLimits({ concurrency, rate }: EndpointLimits, part: number): EndpointLimits {
  return {
    concurrency: Math.max(1, Math.ceil(concurrency * part)),
    rate: rate === undefined ? undefined : rate * part,
  };
}

export interface EndpointGatePorts {
  readonly clock: Clock;
  /** A number from 0 up to 1, for the jitter. */
  readonly random: () => number;
  readonly limitsOf: (sdkAppId: number) => EndpointLimits;
  /** How it was when the program ended. */
  readonly saved: Iterable<EndpointState>;
  /** Keeps the state of an endpoint; `undefined` where it is closed. */
  readonly onChange: (sdkAppId: number, state: EndpointState | undefined) => void;
  /**
   * Puts off for all nodes when an endpoint is tried again; whether this one may try it until then. Never rejects. Where
   * it is absent, nobody else would.
   */
  readonly claim?: ((state: EndpointState, until: number) => Promise<boolean>) | undefined;
  /** An endpoint may be tried by this node. */
  readonly onClaimed?: (sdkAppId: number) => void;
}

/** So many failures in a row open the gate. */
const FAILURES = 10;
/** How long it is open the first time, in ms; twice as long each further time, up to the longest. */
const FIRST_OPEN = 5_000;
const LONGEST_OPEN = 300_000;
const JITTER = 0.2;
/** For so long, in ms, nobody else makes an attempt that one node is about to make: longer than most take. */
const CLAIM = 15_000;
/** How soon to ask again, in ms, whose attempt it is. */
const ASK_AGAIN = 1_000;
/** The longest that a gate is open for. */
const LONGEST_LEFT_ALONE = LONGEST_OPEN * (1 + JITTER);
/**
 * After failures only for so long, in ms, nothing more is sent; but not before it was tried so often, a day long at the
 * least. Days in which nothing was to be sent, or the machine did not run, tell nothing of an endpoint.
 */
const DISABLE_AFTER = 5 * 24 * 3_600_000;
const DISABLE_TRIES = (24 * 3_600_000) / LONGEST_OPEN;

/** Failures before anything of the callback was sent. */
const nobodyThere: ReadonlySet<AttemptOutcome> = new Set(["refused", "dns", "tls", "connect-timeout"]);

interface Endpoint {
  state: EndpointState | undefined;
  failures: number;
  /** When the first of the failures in a row was, and in which lane. */
  failingSince: number;
  firstLane: string;
  severalLanes: boolean;
  /** Something failed that has nothing to do with what was sent. */
  unreachable: boolean;
  /** Until when the attempt is this node's alone, and not before when it is asked whose it is. */
  claimed: number | undefined;
  askAt: number;
  /** Attempts that may begin now, and when that was reckoned: of endpoints that have a rate. */
  allowance: number;
  reckonedAt: number;
}

/** What is held against an endpoint that works. */
const ALL_IS_WELL = {
  state: undefined,
  failures: 0,
  severalLanes: false,
  unreachable: false,
  claimed: undefined,
  askAt: 0,
} as const;

/** Whether a time has come. One that is further off than it can have been put was put by a clock that was set back since. */
function hasCome(at: number, now: number, longest: number): boolean {
  return at <= now || at - now > longest;
}

export function createEndpointGate(ports: EndpointGatePorts): EndpointGate {
  const { clock, random, limitsOf, saved, onChange, claim, onClaimed = () => undefined } = ports;
  const endpoints = new Map<number, Endpoint>();
  for (const state of saved) of(state.sdkAppId).state = state;

  function of(sdkAppId: number): Endpoint {
    let endpoint = endpoints.get(sdkAppId);
    if (!endpoint) {
      endpoint = {
        ...ALL_IS_WELL,
        failingSince: 0,
        firstLane: "",
        allowance: limitsOf(sdkAppId).rate ?? 0,
        reckonedAt: clock.now(),
      };
      endpoints.set(sdkAppId, endpoint);
    }
    return endpoint;
  }

  /** What a rate leaves at this moment: never more than a second's worth, or than one where that is less. */
  function reckon(endpoint: Endpoint, rate: number): number {
    const now = clock.now();
    const since = Math.max(now - endpoint.reckonedAt, 0);
    endpoint.allowance = Math.min(Math.max(rate, 1), endpoint.allowance + (since * rate) / 1_000);
    endpoint.reckonedAt = now;
    return endpoint.allowance;
  }

  function open(sdkAppId: number, endpoint: Endpoint, outcome: AttemptOutcome, retryAfter = 0): void {
    const now = clock.now();
    const openings = (endpoint.state?.openings ?? 0) + 1;
    const failingSince = endpoint.state?.failingSince ?? endpoint.failingSince;
    const length = Math.min(FIRST_OPEN * 2 ** (openings - 1), LONGEST_OPEN) * (1 - JITTER + 2 * JITTER * random());
    const isGivenUp = now - failingSince >= DISABLE_AFTER && openings >= DISABLE_TRIES;
    const until = isGivenUp ? undefined : now + Math.round(Math.max(length, retryAfter));
    endpoint.state = { sdkAppId, failingSince, openings, outcome, until };
    endpoint.claimed = undefined;
    onChange(sdkAppId, endpoint.state);
  }

  /** Returns whether there was anything held against it that all callbacks suffered from. */
  function close(sdkAppId: number, endpoint: Endpoint): boolean {
    const { state, unreachable } = endpoint;
    Object.assign(endpoint, ALL_IS_WELL);
    if (state) onChange(sdkAppId, undefined);
    return state !== undefined || unreachable;
  }

  /** Whether this node may make the attempt that is due; where nobody knows, that is asked. */
  function mayTry(sdkAppId: number, endpoint: Endpoint, state: EndpointState): boolean {
    if (state.until === undefined) return false;
    const now = clock.now();
    if (!hasCome(state.until, now, LONGEST_LEFT_ALONE)) return endpoint.claimed === state.until;
    if (!claim) return true;
    if (hasCome(endpoint.askAt, now, ASK_AGAIN)) {
      const until = now + CLAIM;
      // Nobody asks twice at once; what has failed is asked again.
      endpoint.askAt = now + ASK_AGAIN;
      void claim(state, until).then((isOurs) => {
        // What was read of it in between may have come first.
        if (!isOurs || (endpoint.state !== state && endpoint.state?.until !== until)) return;
        endpoint.state = { ...state, until };
        endpoint.claimed = until;
        onClaimed(sdkAppId);
      });
    }
    return false;
  }

  return {
    admits(sdkAppId, underWay) {
      const endpoint = of(sdkAppId);
      const { concurrency, rate } = limitsOf(sdkAppId);
      const { state } = endpoint;
      if (state) return underWay === 0 && mayTry(sdkAppId, endpoint, state);
      return underWay < concurrency && (rate === undefined || reckon(endpoint, rate) >= 1);
    },
    concurrencyOf: (sdkAppId) => limitsOf(sdkAppId).concurrency,
    nextLook(sdkAppId) {
      const endpoint = of(sdkAppId);
      const { state } = endpoint;
      const now = clock.now();
      if (state) {
        if (state.until === undefined) return undefined;
        const until = hasCome(state.until, now, LONGEST_LEFT_ALONE) ? now : state.until;
        return hasCome(endpoint.askAt, now, ASK_AGAIN) ? until : Math.max(until, endpoint.askAt);
      }
      const { rate } = limitsOf(sdkAppId);
      if (rate === undefined || rate === 0) return undefined;
      return now + Math.ceil(Math.max(0, ((1 - reckon(endpoint, rate)) * 1_000) / rate));
    },
    began(sdkAppId) {
      // What nobody limits is no debt that would have to be paid off once somebody does.
      if (limitsOf(sdkAppId).rate !== undefined) of(sdkAppId).allowance -= 1;
    },
    ended(sdkAppId, lane, attempt) {
      const endpoint = of(sdkAppId);
      if (attempt.outcome === "delivered") return close(sdkAppId, endpoint);
      if (endpoint.failures === 0) {
        endpoint.failingSince = attempt.startedAt;
        endpoint.firstLane = lane;
      }
      endpoint.failures += 1;
      endpoint.severalLanes ||= lane !== endpoint.firstLane;
      endpoint.unreachable ||= nobodyThere.has(attempt.outcome);
      const retryAfter = Math.min(attempt.retryAfterMs ?? 0, LONGEST_OPEN);
      if (endpoint.state) {
        // One that was on its way when the gate opened says nothing new.
        const { until } = endpoint.state;
        const isOurs = endpoint.claimed === until;
        const endedAt = attempt.startedAt + attempt.durationMs;
        if (until !== undefined && (isOurs || hasCome(until, endedAt, LONGEST_LEFT_ALONE))) {
          open(sdkAppId, endpoint, attempt.outcome, retryAfter);
        }
      } else if (endpoint.severalLanes && (endpoint.failures >= FAILURES || retryAfter > 0)) {
        open(sdkAppId, endpoint, attempt.outcome, retryAfter);
      }
      return false;
    },
    revive(sdkAppId) {
      close(sdkAppId, of(sdkAppId));
    },
    adopt(sdkAppId, state) {
      const endpoint = of(sdkAppId);
      const { state: known } = endpoint;
      if (known?.until === state?.until && known?.openings === state?.openings) return false;
      if (state) endpoint.state = state;
      else Object.assign(endpoint, ALL_IS_WELL);
      return true;
    },
    stateOf: (sdkAppId) => of(sdkAppId).state,
    failing: () => [...endpoints].flatMap(([sdkAppId, { state }]) => (state ? [sdkAppId] : [])),
  };
}
