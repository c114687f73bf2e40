import {
  context,
  isSpanContextValid,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanKind as Kind,
  SpanStatusCode,
  trace,
  type SpanContext,
} from "@opentelemetry/api";

import type { Span, SpanKind, Tracing } from "./tracing.ts";
import { VERSION } from "./version.ts";

const kinds: Readonly<Record<SpanKind, Kind>> = { server: Kind.SERVER, client: Kind.CLIENT, internal: Kind.INTERNAL };

/** Version, trace, span and flags. A version that is not known yet may go on after another dash. */
const TRACEPARENT = /^(?!ff)([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

const NO_SPAN: Span = { traceparent: undefined, end: () => undefined };

/**
 * Traces by OpenTelemetry's API: recorded by the SDK that whoever starts the program has registered, and next to free
 * where there is none. What belongs to what is handed on as text and not by OpenTelemetry's own context, because a
 * callback may be delivered days later by another process.
 */
export function createTracing(): Tracing {
  const tracer = trace.getTracer("muster", VERSION);
  let isRecorded = false;

  /** Whether anybody has registered an SDK, which happens once. */
  function isSomebodyThere(): boolean {
    if (!isRecorded) {
      const provider = trace.getTracerProvider();
      isRecorded = !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer("muster") !== undefined;
    }
    return isRecorded;
  }

  return {
    incoming(header) {
      // An instrumentation of the HTTP server has read the header already, and its own span comes in between.
      const around = trace.getSpanContext(context.active()) ?? parse(header);
      return around && isSpanContextValid(around) ? format(around) : undefined;
    },
    begin(name, kind, parent) {
      if (!isSomebodyThere()) return parent === undefined ? NO_SPAN : { ...NO_SPAN, traceparent: parent };
      const cause = parse(parent);
      const within = cause ? trace.setSpanContext(ROOT_CONTEXT, cause) : ROOT_CONTEXT;
      const span = tracer.startSpan(name, { kind: kinds[kind] }, within);
      const own = span.spanContext();
      if (!isSpanContextValid(own)) return NO_SPAN;
      return {
        traceparent: format(own),
        end(describe) {
          if (span.isRecording()) {
            const { facts, failure } = describe();
            span.setAttributes(facts);
            if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
          }
          span.end();
        },
      };
    },
  };
}

function parse(header: string | string[] | undefined): SpanContext | undefined {
  const found = typeof header === "string" ? TRACEPARENT.exec(header) : null;
  if (!found) return undefined;
  const [, version, traceId = "", spanId = "", flags = "", more] = found;
  if (version === "00" && more !== undefined) return undefined;
  const given = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(given) ? given : undefined;
}

function format({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, "0")}`;
}
