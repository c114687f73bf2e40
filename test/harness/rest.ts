import { signUserSig } from "@muster/protocol";
import { vi } from "vitest";

/** How long a figure is waited for, in ms: whoever asks has a shorter time or a longer one of its own. */
const PATIENCE = 600_000;

export interface Credentials {
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly administrator: string;
}

export type RestAnswer = { ActionStatus: string; ErrorInfo: string; ErrorCode: number } & Record<string, unknown>;

/** Calls a server's REST API as an administrator. */
export type RestCall = (
  command: string,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<RestAnswer>;

/** @throws where the server cannot be reached, or answers with another status than 200 */
export async function restApi(server: string, { sdkAppId, secretKey, administrator }: Credentials): Promise<RestCall> {
  const claims = { sdkAppId, userId: administrator, issuedAt: Math.floor(Date.now() / 1000), expiresIn: 86_400 };
  const usersig = encodeURIComponent(await signUserSig(claims, secretKey));
  const query = `sdkappid=${sdkAppId}&identifier=${administrator}&usersig=${usersig}&random=1&contenttype=json`;
  return async (command, body, headers = {}) => {
    const init = { method: "POST", body: JSON.stringify(body), headers };
    const response = await fetch(`${server}/v4/${command}?${query}`, init);
    if (response.status !== 200) throw new Error(`${command}: HTTP status ${response.status}`);
    return (await response.json()) as RestAnswer;
  };
}

/** A figure of the server's `/metrics`: that of the first line that begins so; `undefined` where there is none. */
export async function metricOf(server: string, metric: string): Promise<number | undefined> {
  const text = await (await fetch(`${server}/metrics`)).text();
  const line = text.split("\n").find((candidate) => candidate.startsWith(metric));
  return line === undefined ? undefined : Number(line.split(" ").at(-1));
}

/** Waits until a figure of the server's `/metrics` has a value, e.g. no callback is pending any more. */
export async function metricReaches(server: string, metric: string, value: number): Promise<void> {
  await metricFits(server, metric, (figure) => figure === value);
}

/** Waits until a figure of the server's `/metrics` fits. Who asks without a pause slows down what it waits for. */
export async function metricFits(
  server: string,
  metric: string,
  fits: (value: number | undefined) => boolean,
): Promise<void> {
  await vi.waitUntil(async () => fits(await metricOf(server, metric)), { timeout: PATIENCE, interval: 20 });
}
