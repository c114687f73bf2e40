import {
  createHttp,
  type ClientTimeouts,
  type Clock,
  type Logger,
  type ReplicaState,
  type TlsFiles,
} from "@muster/foundation";
import { refused, tooLarge, type Answer, type Receiver } from "@muster/receiver";
import type { FastifyError, FastifyInstance } from "fastify";

import type { Journal } from "../journal/journal.ts";
import type { Metrics } from "../metrics.ts";
import type { RunningMirror } from "../mirror/start-mirror.ts";
import type { Sinks } from "../sinks/sinks.ts";
import type { Streams } from "../streams.ts";
import { askForToken } from "./ask-for-token.ts";
import { createCallbackDoor } from "./callback-door.ts";
import { addEventRoutes } from "./event-routes.ts";
import { addExportRoute } from "./export-route.ts";
import { addGroupRoutes } from "./group-routes.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { addMirrorRoutes } from "./mirror-routes.ts";
import { Refusal } from "./refusal.ts";
import { sendAnswer } from "./send-answer.ts";
import { addSinkRoutes } from "./sink-routes.ts";
import { addStreamRoute } from "./stream-route.ts";

/** What the recorder's door is made of. */
export interface RecorderHttpParts {
  /** Where callbacks are posted. */
  readonly path: string;
  readonly tls: TlsFiles | undefined;
  readonly timeouts: ClientTimeouts;
  readonly receiver: Receiver;
  readonly journal: Journal;
  /** Whether a replica is read; absent where none is configured. */
  readonly replica: (() => ReplicaState) | undefined;
  /** Throws, saying why, where callbacks cannot be kept at the moment. */
  readonly check: () => Promise<void>;
  readonly mirror: RunningMirror | undefined;
  readonly streams: Streams;
  readonly sinks: Sinks;
  readonly metrics: Metrics;
  /** What lets programs in to all but callbacks and health; without one everybody is. */
  readonly adminToken: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The recorder's door: takes callbacks, and tells what was taken. Every failure has the documented form. */
export function createRecorderHttp(parts: RecorderHttpParts): FastifyInstance {
  const { tls, timeouts, log } = parts;
  const first = createCallbackDoor(parts);
  const http = createHttp({ ...timeouts, tls, log, unreadable: (status) => unreadable(status).body, first });
  http.setErrorHandler((error: FastifyError, _request, reply) => sendAnswer(reply, failure(error, log)));
  http.setNotFoundHandler((request, reply) => {
    const info = `There is no ${request.method} here: check the method and the path.`;
    return sendAnswer(reply, refused(404, info));
  });
  askForToken(http, parts);
  addEventRoutes(http, parts);
  addGroupRoutes(http, parts);
  addMirrorRoutes(http, parts);
  addExportRoute(http, parts);
  addStreamRoute(http, parts);
  addSinkRoutes(http, parts);
  addHealthRoutes(http, parts);
  return http;
}

function failure(error: FastifyError | Refusal, log: Logger): Answer {
  if (error instanceof Refusal) return refused(error.status, error.message, error.headers);
  const { statusCode: status = 500 } = error;
  if (status === 413) return tooLarge();
  if (status < 500) return unreadable(status);
  log.error({ err: error }, "a request failed");
  return refused(500, "The recorder failed: see its log.");
}

function unreadable(status: number): Answer {
  return refused(status, "The request cannot be read: check its URL, its headers and that it is sent to its end.");
}
