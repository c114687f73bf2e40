import { fastify, type FastifyInstance } from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";

import { StartError } from "../start-error.ts";
import { listen } from "./listen.ts";

function program(): FastifyInstance {
  const http = fastify();
  http.get("/", () => "here");
  onTestFinished(() => http.close());
  return http;
}

const portOf = (url: string): number => Number(new URL(url).port);

async function refusal(host: string, port: number): Promise<StartError> {
  const error: unknown = await listen(program(), host, port).catch((thrown: unknown) => thrown);
  if (error instanceof StartError) return error;
  throw new Error(`no refusal: ${String(error)}`);
}

describe("listening", () => {
  it("takes a free port for 0 and says under which URL it is reached", async () => {
    const url = await listen(program(), "127.0.0.1", 0);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(url)).text()).toBe("here");
  });

  it("takes the port that is asked for", async () => {
    const first = program();
    const port = portOf(await listen(first, "127.0.0.1", 0));
    await first.close();
    expect(await listen(program(), "127.0.0.1", port)).toBe(`http://127.0.0.1:${port}`);
  });

  it("is refused where the port is taken, with what to do", async () => {
    const port = portOf(await listen(program(), "127.0.0.1", 0));
    const { code, message, cause } = await refusal("127.0.0.1", port);
    expect(code).toBe("PORT_TAKEN");
    expect(message).toBe(
      `Port ${port} on 127.0.0.1 is taken by another program: stop that one, or choose another port with --port (0 takes a free one).`,
    );
    expect(cause).toMatchObject({ code: "EADDRINUSE" });
  });

  it("is refused where the machine has no such address, with what to do", async () => {
    // 192.0.2.0/24 is kept for documentation: no machine has one of it.
    const { code, message } = await refusal("192.0.2.1", 0);
    expect(code).toBe("ADDRESS_UNAVAILABLE");
    expect(message).toBe('This machine has no address 192.0.2.1: set "host" in the configuration to one that it has.');
  });

  it("leaves other errors as they are", async () => {
    const http = program();
    await listen(http, "127.0.0.1", 0);
    await expect(listen(http, "127.0.0.1", 0)).rejects.toMatchObject({ code: "FST_ERR_REOPENED_SERVER" });
  });
});
