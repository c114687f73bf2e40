import type { ReactNode } from "react";

import type { AnswerOf } from "../../api/call.ts";
import { durationText } from "../../i18n/times.ts";
import { useWords } from "../../i18n/words.ts";

type Answer = AnswerOf<"verifyCallback">;

interface VerificationProps {
  readonly verification: Answer;
  readonly hasToken: boolean;
}

/** What was found when the callback URL was called once: step by step, and what to do. */
export function Verification({ verification, hasToken }: VerificationProps): ReactNode {
  const words = useWords();
  const { ok, findings, signed, attempt } = verification;
  const steps = {
    url: words.stepUrl,
    name: words.stepName,
    address: words.stepAddress,
    connection: words.stepConnection,
    tls: words.stepTls,
    answer: words.stepAnswer,
    status: words.stepStatus,
    json: words.stepJson,
    code: words.stepCode,
    sign: words.stepSign,
  };
  const verdicts = {
    passed: words.verdictPassed,
    noted: words.verdictNoted,
    failed: words.verdictFailed,
    unknown: words.verdictUnknown,
    "not reached": words.verdictNotReached,
  };
  const isKeptBack = !signed && hasToken;
  const shown = findings.filter(({ step }) => step !== "sign" || !isKeptBack);
  return (
    <section className={`verification ${ok ? "works" : "fails"}`} aria-label={words.findings}>
      <p className="verdict" role="alert">
        {ok ? words.verifyOk : words.verifyFailed}{" "}
        {attempt && <span className="faint">{words.verifyIn(durationText(attempt.durationMs))}</span>}
      </p>
      {isKeptBack && <p className="hint">{words.verifyUnsigned}</p>}
      <ol>
        {shown.map(({ step, verdict, message, remedy }) => (
          <li key={step} className={verdict.replace(" ", "-")}>
            <strong>{steps[step]}</strong>
            <span className="badge">{verdicts[verdict]}</span>
            {verdict !== "not reached" && <span className="message">{words.sentence(message)}</span>}
            {remedy !== undefined && (
              <p className="remedy">
                {words.remedy}: {words.sentence(remedy)}
              </p>
            )}
          </li>
        ))}
      </ol>
      {attempt?.answer !== undefined && !ok && <pre tabIndex={0}>{attempt.answer}</pre>}
    </section>
  );
}
