import type { ServerResponse } from "node:http";

import { createBodyReader, type FirstLook } from "@muster/foundation";
import { tooLarge, type Answer, type Receiver } from "@muster/receiver";

import type { Metrics } from "../metrics.ts";

/** What the callbacks' door is made of. */
export interface CallbackDoorParts {
  /** Where callbacks are posted. */
  readonly path: string;
  readonly receiver: Receiver;
  readonly metrics: Pick<Metrics, "refused">;
}

const nothing = new Uint8Array();

/**
 * Takes callbacks. Whatever comes to the path, the receiver answers it, in the order of its checks. It stands before the
 * routes, with nothing of the framework in between: what a callback costs here is what the recorder can take.
 */
export function createCallbackDoor({ path, receiver, metrics }: CallbackDoorParts): FirstLook {
  const readBody = createBodyReader();
  return (request, response, isStopping) => {
    const { method = "", url = "", headers } = request;
    if (!isAt(path, url)) return false;

    function send(answer: Answer, isLast = isStopping()): void {
      if (answer.status !== 200) metrics.refused(answer);
      write(response, answer, isLast);
    }
    function take(body: Uint8Array): void {
      void receiver.handle({ method, url, headers, body }).then((answer) => send(answer));
    }

    // The method is looked at before the size: this answers without reading a body.
    if (method !== "POST") take(nothing);
    else readBody(request, take, () => send(tooLarge(), true));
    return true;
  };
}

function isAt(path: string, url: string): boolean {
  return url.startsWith(path) && (url.length === path.length || url[path.length] === "?");
}

/** As text: Node then sends head and body in one piece. */
function write(response: ServerResponse, { status, headers, body }: Answer, isLast: boolean): void {
  const head = { ...headers, "content-length": Buffer.byteLength(body), ...(isLast && { connection: "close" }) };
  response.writeHead(status, head).end(body);
}
