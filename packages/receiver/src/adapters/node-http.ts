import type { Receiver } from "../create-receiver.ts";
import { answerNode, type NodeRequest } from "./node-request.ts";
import type { ReadingOptions } from "./read-body.ts";

export type { NodeRequest } from "./node-request.ts";
export type { ReadingOptions } from "./read-body.ts";

/** What is needed of Node's `ServerResponse`. */
export interface NodeResponse {
  /** Whether somebody has answered already, such as what watches over the time that a request takes. */
  readonly headersSent?: boolean;
  writeHead(status: number, headers: Record<string, string | number>): unknown;
  end(body: Uint8Array): unknown;
}

const utf8 = new TextEncoder();

/**
 * A listener for `createServer` of `node:http` and `node:https`, and for whatever hands on their requests.
 * @example
 * ```ts
 * createServer(nodeHandler(receiver)).listen(3000);
 * ```
 */
export function nodeHandler(
  receiver: Pick<Receiver, "handle">,
  options: ReadingOptions = {},
): (request: NodeRequest, response: NodeResponse) => void {
  return (request, response) => {
    void answerNode(receiver, request, options).then(({ status, headers, body }) => {
      // To answer twice throws, and nobody is there to catch it.
      if (response.headersSent) return;
      const bytes = utf8.encode(body);
      response.writeHead(status, { ...headers, "content-length": bytes.byteLength });
      response.end(bytes);
    });
  };
}
