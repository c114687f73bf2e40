import type { Figures } from "@muster/foundation";

import { callResult } from "../call-result.ts";

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Figures of the REST API. What is returned is called when a request has been read, and what that returns when it is
 * answered: with the command, `unknown` where there is no such one (what callers write must not make new series), and
 * the code.
 * @param now ms, of a clock that is never set
 */
export function restFigures(figures: Figures, now: () => number): () => (command: string, code: number) => void {
  const requests = figures.counter({
    name: "muster_rest_requests_total",
    help: "Calls of the REST API: ok, refused by a documented code, or failed by the server's fault.",
    labels: ["command", "result"],
  });
  const duration = figures.histogram(
    {
      name: "muster_rest_request_duration_seconds",
      help: "From when a REST request was read until its answer, commit and before-callbacks included.",
      labels: ["command"],
    },
    SECONDS,
  );
  return () => {
    const begun = now();
    return (command, code) => {
      requests({ command, result: callResult(code) }).count += 1;
      duration({ command }).observe((now() - begun) / 1_000);
    };
  };
}
