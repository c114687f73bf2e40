import { isLoopback } from "@muster/foundation";

import { loadReconcileConfig } from "./config.ts";
import { RECORDER_TOKEN_VARIABLE } from "./recorder-token.ts";

/** How a person says which two sides are compared. */
export interface SideOptions {
  readonly config?: string;
  readonly sdkappid?: number;
  readonly backend?: string;
  readonly key?: string;
  readonly identifier?: string;
  readonly recorder?: string;
  readonly recorderToken?: string;
  readonly token?: string;
  readonly rate?: number;
}

/** The two sides, with what lets one in. */
export interface Sides {
  readonly backend: {
    readonly url: string;
    readonly sdkAppId: number;
    readonly secretKey: string;
    readonly identifier: string;
    readonly customFields: readonly string[];
    readonly rate: number;
  };
  readonly recorder: {
    readonly url: string;
    readonly path: string;
    readonly sdkAppId: number;
    readonly token: string | undefined;
    readonly adminToken: string | undefined;
  };
}

/** Calls in a second that a backend bears: Tencent's lists groups once a second; Muster on this machine whatever comes. */
const RATES = { tencent: 1, here: 1_000, elsewhere: 20 };
const TENCENT = /(?:^|\.)(?:qq\.com|qcloud\.com|tencentcloudapi\.com|tencentcs\.com|tencent-cloud\.com)$/i;

/**
 * Puts together what options and configuration say.
 * @param fail says what is missing, and does not return
 */
export function reconcileSides(
  options: SideOptions,
  environment: Readonly<Record<string, string | undefined>>,
  fail: (problem: string) => never,
): Sides {
  const { server, apps = [], recorder } = options.config ? loadReconcileConfig(options.config, environment) : {};
  const known = recorder?.apps ?? [];
  const sdkAppId = options.sdkappid ?? (known.length === 1 ? known[0]?.sdkAppId : undefined);
  if (sdkAppId === undefined)
    return fail("say which app with --sdkappid, or name a --config whose recorder has one app");
  const app = apps.find((one) => one.sdkAppId === sdkAppId);
  const secretKey = options.key ?? app?.secretKey;
  if (secretKey === undefined) return fail("the app's secret key is needed: --key, or a --config with the app in apps");
  const url = options.backend ?? (server && urlOf(server));
  if (url === undefined) return fail("say which IM backend with --backend, or name a --config with a server");
  return {
    backend: {
      url,
      sdkAppId,
      secretKey,
      identifier: options.identifier ?? app?.administrators[0] ?? "administrator",
      customFields: app?.groupCustomFields ?? [],
      rate: options.rate ?? rateOf(new URL(url).hostname),
    },
    recorder: {
      url: options.recorder ?? (recorder ? urlOf(recorder) : "http://127.0.0.1:9100"),
      path: recorder?.path ?? "/callback",
      sdkAppId,
      token: options.token ?? known.find((one) => one.sdkAppId === sdkAppId)?.token,
      adminToken: options.recorderToken ?? environment[RECORDER_TOKEN_VARIABLE] ?? recorder?.adminToken,
    },
  };
}

function urlOf({ tls, host, port }: { tls?: unknown; host: string; port: number }): string {
  return `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function rateOf(hostname: string): number {
  if (TENCENT.test(hostname)) return RATES.tencent;
  return isLoopback(hostname) ? RATES.here : RATES.elsewhere;
}
