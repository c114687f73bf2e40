import { callResult } from "./call-result.ts";

/**
 * Traces: which piece of work was caused by which, here and elsewhere. Where somebody records them, each piece is a
 * span; where nobody does, only what a caller says of its own trace goes on to the callbacks.
 */
export interface Tracing {
  /**
   * The trace that a request belongs to, as a `traceparent`.
   * @param header the request's own, whatever it is
   */
  incoming(header: string | string[] | undefined): string | undefined;
  /**
   * Begins a span.
   * @param name one of few
   * @param parent the `traceparent` of what caused it; without one it begins a trace of its own, if anybody records it
   */
  begin(name: string, kind: SpanKind, parent: string | undefined): Span;
}

/** What a span is seen from outside: somebody's request to here, a request to somebody, or neither. */
export type SpanKind = "server" | "client" | "internal";

/** One piece of work. */
export interface Span {
  /** For whatever this causes, in the form of the W3C's header of that name; absent where there is no trace. */
  readonly traceparent: string | undefined;
  /** @param describe asked only where the span is recorded; what it says names no user, group or text */
  end(describe: () => SpanEnd): void;
}

/** What came of it. */
export interface SpanEnd {
  readonly facts: Readonly<Record<string, string | number>>;
  /** The class of what went wrong, where something did. */
  readonly failure?: string;
}

/** What came of a call, for its span. A refusal is the caller's to mend, and no failure of the server's. */
export function callEnd(code: number): SpanEnd {
  const facts = { "muster.code": code };
  return callResult(code) === "failed" ? { facts, failure: "failed" } : { facts };
}
