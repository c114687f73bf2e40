import { describe, expect, it } from "vitest";

import { createTracing } from "./open-telemetry.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const given = `00-${TRACE}-b7ad6b7169203331-01`;

describe("where nobody records traces", () => {
  it("what a caller says of its trace goes on as it is", () => {
    const tracing = createTracing();
    for (const traceparent of [given, given.replace(/01$/, "00")]) {
      const incoming = tracing.incoming(traceparent);
      expect(incoming).toBe(traceparent);
      const span = tracing.begin("create_group", "server", incoming);
      expect(span.traceparent).toBe(traceparent);
      span.end(() => {
        throw new Error("nobody wants to know");
      });
    }
  });

  it("no trace is made where a caller says nothing", () => {
    const tracing = createTracing();
    expect(tracing.incoming(undefined)).toBeUndefined();
    expect(tracing.begin("create_group", "server", undefined).traceparent).toBeUndefined();
  });
});

describe("a header traceparent", () => {
  it.each([
    ["with a space before it", ` ${given}`],
    ["that is empty", ""],
    ["of the version that is none", given.replace(/^00/, "ff")],
    ["with capitals", given.toUpperCase()],
    ["of a trace that is none", given.replace(TRACE, "0".repeat(32))],
    ["of a span that is none", given.replace("b7ad6b7169203331", "0".repeat(16))],
    ["that is too short", given.slice(0, -1)],
    ["that goes on, in the version that does not", `${given}-00`],
    ["that is there twice", `${given}, ${given}`],
    ["with line breaks", `${given}\r\nx: y`],
  ])("%s is passed over", (_what, header) => {
    expect(createTracing().incoming(header)).toBeUndefined();
  });

  it("of a later version is read as far as it is known", () => {
    const later = given.replace(/^00/, "cc");
    for (const header of [later, `${later}-what-the-future-will-be-like`]) {
      expect(createTracing().incoming(header)).toBe(given);
    }
  });
});
