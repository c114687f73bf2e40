import { useState, type ReactNode } from "react";

import type { AnswerOf } from "../../api/call.ts";
import { useWords } from "../../i18n/words.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Segments } from "../../parts/segments.tsx";
import { laidOut } from "./laid-out.ts";

interface RequestViewProps {
  readonly url: string;
  readonly request: AnswerOf<"readDelivery">["request"];
}

/** What is posted: the line, the query, the headers, and the body to the byte or laid out to be read. */
export function RequestView({ url, request }: RequestViewProps): ReactNode {
  const words = useWords();
  const [layout, setLayout] = useState<"formatted" | "exact">("formatted");
  return (
    <section aria-labelledby="request">
      <h2 id="request">{words.request}</h2>
      <p className="hint">{words.requestHint}</p>
      <p className="request-line">
        <span className="tag">POST</span> <code>{url}</code>
      </p>
      <h3>{words.query}</h3>
      <Pairs pairs={[...new URLSearchParams(request.parameters)]} />
      <h3>{words.headers}</h3>
      <Pairs pairs={Object.entries(request.headers)} />
      <div className="body-head">
        <h3>{words.body}</h3>
        <Segments
          label={words.body}
          value={layout}
          choices={[
            { value: "formatted", label: words.formatted },
            { value: "exact", label: words.exact },
          ]}
          onChange={setLayout}
        />
        <CopyButton text={request.body} />
      </div>
      <pre tabIndex={0} aria-label={words.body}>
        {layout === "exact" ? request.body : laidOut(request.body)}
      </pre>
    </section>
  );
}

function Pairs({ pairs }: { readonly pairs: readonly (readonly [string, string])[] }): ReactNode {
  return (
    <dl className="pairs">
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
