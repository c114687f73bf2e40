import type { Check } from "../check.ts";
import { hasDocumentedForm, milliseconds, missingFields, saysFail, taken } from "../judge.ts";
import { failed, passed, skipped, warning } from "../verdict.ts";

const form = 'Answer {"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}.';

/** A callback as it should be: where this is not taken, nothing follows from what comes to the others. */
export const rightCall: Check = {
  name: "right-call-after",
  title: "takes a callback that tells",
  run: async ({ call }) =>
    taken(await call(), "Answer 200. Compare SdkAppid and token on the two sides, and the path of the URL."),
};

export const rightCallBefore: Check = {
  name: "right-call-before",
  title: "answers a callback that asks",
  run: async ({ call }) =>
    taken(
      await call({ command: "Group.CallbackBeforeApplyJoinGroup" }),
      "Answer 200, and allow or refuse by ErrorCode: with another status the operation goes ahead unasked.",
    ),
};

/** The documented object: three fields, all of them required. */
export const answerForm: Check = {
  name: "answer-form",
  title: "answers with the documented JSON",
  async run({ call }) {
    const came = await call();
    if (!came.reply) return taken(came, form);
    const { json } = came.reply;
    if (!json) return failed("The answer is not a JSON object, so the sender takes the callback for failed.", form);
    const missing = missingFields(json);
    if (missing.length > 0) return failed(`The answer lacks ${missing.join(", ")}.`, form);
    if (saysFail(came.reply)) {
      return warning(
        "A callback that tells is answered with a failure, which changes nothing.",
        "Answer ErrorCode 0 to callbacks that tell, whatever you think of them.",
      );
    }
    return passed("ActionStatus, ErrorInfo and ErrorCode are there.");
  },
};

/** Refusals are read by people who look for what they have set wrongly. */
export const refusalForm: Check = {
  name: "refusal-form",
  title: "says in JSON why it refuses",
  run({ calls }) {
    const refusals = calls.flatMap(({ came: { reply } }) => (reply && reply.status >= 400 ? [reply] : []));
    const formless = refusals.filter((reply) => !hasDocumentedForm(reply)).length;
    if (refusals.length === 0) return Promise.resolve(skipped("Nothing was refused."));
    return Promise.resolve(
      formless === 0
        ? passed("Refusals are the documented object.")
        : warning(
            `${formless} of ${refusals.length} refusals are not the documented object.`,
            'Answer refusals too with {"ActionStatus":"FAIL","ErrorInfo":"why","ErrorCode":401}.',
          ),
    );
  },
};

/** Reads it off the answers: a Fetch client cannot see its connections. */
export const keepAlive: Check = {
  name: "keep-alive",
  title: "keeps the connection",
  async run({ call }) {
    const came = await call();
    if (!came.reply) return taken(came, form);
    return came.reply.closes
      ? warning(
          "The connection is closed after each answer: a TLS handshake for every callback.",
          "Let connections live (HTTP keep-alive), for some seconds longer than callbacks are apart.",
        )
      : passed("The connection stays open.");
  },
};

/** How many come at once when many groups change. */
const AT_ONCE = 32;

export const manyAtOnce: Check = {
  name: "many-at-once",
  title: `takes ${AT_ONCE} at once`,
  async run({ call }) {
    const all = await Promise.all(Array.from({ length: AT_ONCE }, () => call()));
    const remedy = "Take callbacks beside one another: keep each, answer, and work on them afterwards.";
    const worst = all.map((came) => taken(came, remedy)).find(({ verdict }) => verdict === "failed");
    const slowest = Math.round(Math.max(...all.map(({ durationMs }) => durationMs)));
    return worst ?? passed(`All answered 200, the slowest in ${slowest} ms.`);
  },
};

/** Over everything that was answered so far. */
export const answerTime: Check = {
  name: "answer-time",
  title: "answers in time",
  run({ calls }, deadlineMs) {
    const answered = calls.map(({ came }) => came).filter(({ reply }) => reply !== undefined);
    const slowest = answered.toSorted((a, b) => b.durationMs - a.durationMs)[0];
    if (!slowest) return Promise.resolve(skipped("Nothing was answered."));
    const saw = `The slowest of ${answered.length} answers took ${milliseconds(slowest)}`;
    const remedy = "Keep the callback, answer, and do what takes long afterwards.";
    if (slowest.durationMs >= deadlineMs) {
      return Promise.resolve(failed(`${saw}; the sender gives up after ${deadlineMs} ms.`, remedy));
    }
    return Promise.resolve(
      slowest.durationMs > deadlineMs / 2
        ? warning(`${saw}, more than half of the ${deadlineMs} ms that there are.`, remedy)
        : passed(`${saw}.`),
    );
  },
};

export const stillAlive: Check = {
  name: "still-alive",
  title: "is alive after all this",
  run: async ({ call }) => taken(await call(), "See the backend's log: something before this did it harm."),
};
