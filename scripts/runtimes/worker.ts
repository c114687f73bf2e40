/**
 * The same in a Worker. The receiver is in a Durable Object: a Worker's own timers end with the request that has set them,
 * and two requests may meet two Workers.
 */
import { createBackend } from "./backend.ts";
import { proveClient, type Im } from "./prove-client.ts";
import { prove } from "./prove.ts";
import { answering } from "./serve.ts";
import { inMemory } from "./trials.ts";

interface Fetcher {
  fetch(request: Request): Promise<Response>;
}
interface Bindings {
  readonly BACKEND: { idFromName(name: string): unknown; get(id: unknown): Fetcher };
}

export class BackendObject implements Fetcher {
  readonly #backend = createBackend(inMemory());
  readonly #started = this.#backend.receiver.start();
  readonly #answer = answering(this.#backend);

  async fetch(request: Request): Promise<Response> {
    await this.#started;
    return await this.#answer(request);
  }
}

const worker = {
  async fetch(request: Request, { BACKEND }: Bindings): Promise<Response> {
    const { pathname, origin } = new URL(request.url);
    try {
      if (pathname === "/prove") await prove(origin);
      else if (pathname === "/prove-client") await proveClient((await request.json()) as Im);
      else return await BACKEND.get(BACKEND.idFromName("backend")).fetch(request);
      return new Response("works");
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};

// oxlint-disable-next-line import/no-default-export -- What a Worker is started by.
export default worker;
