import { MAX_BODY_BYTES, refused, tooLarge, type Answer } from "../answer.ts";
import type { Receiver } from "../create-receiver.ts";

/** An event of a function URL, an HTTP API, a REST API or a load balancer: what is needed of any of them. */
export interface LambdaEvent {
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  /** Load balancers that are set so have these alone. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  /** Function URLs and HTTP APIs (payload version 2). */
  readonly rawQueryString?: string;
  readonly requestContext?: { readonly http?: { readonly method?: string }; readonly elb?: unknown };
  /** REST APIs (payload version 1) and load balancers. */
  readonly httpMethod?: string;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
}

/** What a function answers with, in either version of the payload. */
export interface LambdaResult {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

const utf8 = new TextEncoder();

/**
 * A handler for AWS Lambda behind a function URL, API Gateway or a load balancer. Those read the body; whether it comes
 * as text or as base64 depends on its content type, and both are read as the bytes that were sent.
 * @example
 * ```ts
 * export const handler = lambdaHandler(receiver);
 * ```
 */
export function lambdaHandler(receiver: Pick<Receiver, "handle">): (event: LambdaEvent) => Promise<LambdaResult> {
  return async (event) => {
    const { status, headers, body } = await answer(receiver, event);
    return { statusCode: status, headers: { ...headers }, body, isBase64Encoded: false };
  };
}

async function answer(receiver: Pick<Receiver, "handle">, event: LambdaEvent): Promise<Answer> {
  const body = bytesOf(event);
  if (!(body instanceof Uint8Array)) return body;
  return await receiver.handle({
    method: event.requestContext?.http?.method ?? event.httpMethod ?? "",
    url: `?${event.rawQueryString ?? queryOf(event)}`,
    headers: lowerCased<string | readonly string[] | undefined>(event.headers ?? event.multiValueHeaders ?? {}),
    body,
  });
}

function bytesOf({ body, isBase64Encoded }: LambdaEvent): Uint8Array | Answer {
  if (!body) return new Uint8Array();
  if (!isBase64Encoded) return utf8.encode(body);
  // Base64 is a third longer than what it stands for.
  if (body.length > (MAX_BODY_BYTES * 4) / 3 + 4) return tooLarge();
  try {
    return Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
  } catch {
    return refused(400, "The body is said to be base64, and is not: hand on the event as it came.");
  }
}

/** API Gateway has decoded the parameters, a load balancer has not. */
function queryOf(event: LambdaEvent): string {
  const { multiValueQueryStringParameters: lists, queryStringParameters: single, requestContext } = event;
  const pairs = Object.entries<string | readonly string[] | undefined>(lists ?? single ?? {}).flatMap(([name, given]) =>
    (typeof given === "string" ? [given] : (given ?? [])).map((value): [string, string] => [name, value]),
  );
  return requestContext?.elb === undefined
    ? new URLSearchParams(pairs).toString()
    : pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

/** REST APIs hand on names as the sender spelt them. */
function lowerCased<V>(headers: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
