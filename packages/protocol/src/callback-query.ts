import { callbackRow, type CallbackCommand } from "./catalog.ts";
import type { OptPlatform } from "./opt-platform.ts";

/** What a callback's query tells of it. */
export interface CallbackQuery {
  readonly sdkAppId: number;
  readonly command: CallbackCommand;
  /** The address of whoever acted: the app user's device, or the caller of the REST API. */
  readonly clientIp: string;
  readonly platform: OptPlatform;
  /** Present where the app has a token; `requestTime` in seconds since 1970. */
  readonly auth?: { readonly sign: string; readonly requestTime: string };
}

/**
 * The URL that a callback is posted to: the configured one, then the documented parameters in the documented
 * order, `Sign` and `RequestTime` last. A query that the configured URL has already stays in front.
 * @see https://www.tencentcloud.com/document/product/1047/34354
 */
export function callbackUrl(configured: string, query: CallbackQuery): URL {
  const url = new URL(configured);
  const added = callbackParameters(query);
  url.search = url.search.length > 1 ? `${url.search}&${added}` : added;
  url.hash = "";
  return url;
}

/** The documented parameters of a callback as the text of a query, without a `?`. */
export function callbackParameters(query: CallbackQuery): string {
  const parameters: [string, string][] = [
    ["SdkAppid", String(query.sdkAppId)],
    ["CallbackCommand", query.command],
    ["contenttype", "json"],
  ];
  if (!callbackRow(query.command).systemMade) {
    parameters.push(["ClientIP", query.clientIp], ["OptPlatform", query.platform]);
  }
  if (query.auth) parameters.push(["Sign", query.auth.sign], ["RequestTime", query.auth.requestTime]);
  return parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}
