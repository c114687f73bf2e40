import { once } from "node:events";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";

import { expect, it, onTestFinished } from "vitest";

import { startEndpoint } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { startProgram } from "../harness/program.ts";
import { restApi } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";

const root = join(import.meta.dirname, "..", "..");
const guide = readFileSync(join(root, "docs", "guides", "tracing.md"), "utf8");
const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app" };

interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

interface Collected {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[];
  }[];
}

/** An OpenTelemetry collector, as far as it takes spans by HTTP as JSON. */
async function startCollector() {
  const collected: Collected["resourceSpans"][number][] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      if (request.url === "/v1/traces") collected.push(...(body as Collected).resourceSpans);
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    collected,
    spans: () => collected.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  };
}

it("the guide's tracing.mjs, loaded as the guide says, sends the server's spans to a collector", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "tracing.mjs");
  const code = /^```js\n(.*?)^```/ms.exec(guide)?.[1];
  writeFileSync(file, code ?? "");
  // What the guide installs beside Muster.
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const [collector, endpoint] = [await startCollector(), await startEndpoint()];
  const switches = ["Group.CallbackAfterCreateGroup"];
  const callback = { url: endpoint.url, allowPrivateNetwork: true, switches };
  const config = writeConfig(folder, {
    server: { port: 0, store: await storeIn(folder, "server") },
    apps: [{ ...app, callback }],
  });
  const program = startProgram(["serve", "--config", config], {
    NODE_OPTIONS: `--import ${file}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: "100",
  });
  const rest = await restApi(await program.url(), { ...app, administrator: "administrator" });
  await rest("group_open_http_svc/create_group", { Type: "Public", Name: "chess" });
  const [arrival] = await endpoint.received(1);
  const [, traceId, spanId] = String(arrival?.headers["traceparent"]).split("-");
  // An attempt that was answered too late is followed by another one, in a span of its own.
  const found = () => [
    collector.spans().find(({ name }) => name === "create_group"),
    collector.spans().find(({ name }) => name === "commit"),
    collector.spans().find((span) => span.name.startsWith("deliver ") && span.spanId === spanId),
  ];
  await expect.poll(found).not.toContain(undefined);
  const [command, commit, deliver] = found();
  expect(deliver?.name).toBe("deliver Group.CallbackAfterCreateGroup");
  expect(command?.parentSpanId).toBeUndefined();
  expect([commit?.parentSpanId, deliver?.parentSpanId]).toEqual([command?.spanId, commit?.spanId]);
  expect([command, commit, deliver].map((span) => span?.traceId)).toEqual([traceId, traceId, traceId]);
  expect(arrival?.headers["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(collector.collected[0]?.resource.attributes).toContainEqual({
    key: "service.name",
    value: { stringValue: "muster" },
  });
  expect(await program.kill("SIGTERM")).toBe(0);
});
