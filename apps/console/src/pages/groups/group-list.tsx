import { useState, type FormEvent, type ReactNode } from "react";

import { call } from "../../api/call.ts";
import { countText } from "../../i18n/times.ts";
import { language, useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { Segments } from "../../parts/segments.tsx";
import { Time } from "../../parts/time.tsx";
import { Link } from "../../route/link.tsx";
import { addressOf, go, usePlace } from "../../route/location.ts";
import { useStore } from "../../state/store.ts";
import { useLoad } from "../../state/use-load.ts";
import { usePages } from "../../state/use-pages.ts";

const types = ["Work", "Public", "Meeting", "AVChatRoom", "Community"] as const;

/** Groups, found by their id, their name, or somebody who is in them. */
export function GroupList({ sdkAppId }: { readonly sdkAppId: number }): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  const place = usePlace();
  const find = place.query.get("find") ?? "";
  const type = types.find((known) => known === place.query.get("type")) ?? "";
  const [draft, setDraft] = useState(find);
  const query = { ...(find !== "" && { find }), ...(type !== "" && { type }) };
  const first = useLoad("listGroups", { path: { sdkAppId }, query }, 10_000);
  const { pages, more, isLoading, error } = usePages(JSON.stringify(query), first.data);
  const groups = pages.flatMap((page) => page.groups);
  const next = pages.at(-1)?.next ?? null;
  const failure = first.error ?? error;

  const search = (change: { readonly find?: string; readonly type?: string }): void =>
    go(addressOf(sdkAppId, "groups", undefined, { find: draft, type, ...change }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    search({ find: draft });
  };

  return (
    <>
      <PageHead
        title={words.groups}
        intro={first.data && words.groupTotal(countText(first.data.total, spoken), first.data.total)}
      />
      <search>
        <form className="filters" onSubmit={submit}>
          <Segments
            label={words.groupType}
            value={type}
            choices={["", ...types].map((value) => ({ value, label: value === "" ? words.anyState : value }))}
            onChange={(chosen) => search({ type: chosen })}
          />
          <div className="fields">
            <TextField label={words.findGroup} hint={words.findGroupHint} value={draft} onChange={setDraft} />
            <div className="actions">
              <Button type="submit" kind="primary">
                {words.search}
              </Button>
            </div>
          </div>
        </form>
      </search>
      {failure && <ProblemNote error={failure} onRetry={first.reload} />}
      {groups.length === 0 ? (
        <p className="empty">{first.isLoading && !first.data ? words.loading : words.noGroups}</p>
      ) : (
        <section className="table-frame" aria-label={words.groups} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.name}</th>
                <th scope="col">{words.groupId}</th>
                <th scope="col">{words.groupType}</th>
                <th scope="col">{words.owner}</th>
                <th scope="col" className="figure">
                  {words.members}
                </th>
                <th scope="col" className="time">
                  {words.created}
                </th>
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => (
                <tr key={group.groupId}>
                  <td>
                    <Link to={addressOf(sdkAppId, "groups", group.groupId)} className="row-link">
                      {group.name}
                    </Link>
                  </td>
                  <td className="id">{group.groupId}</td>
                  <td>
                    <span className="tag">{group.type}</span>
                  </td>
                  <td>{group.owner === "" ? words.noGroup : group.owner}</td>
                  <td className="figure">{countText(group.members, spoken)}</td>
                  <td className="time faint">
                    <Time at={group.createTime * 1_000} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {next !== null && (
        <Button
          isBusy={isLoading}
          onClick={() => more(() => call("listGroups", { path: { sdkAppId }, query: { ...query, after: next } }))}
        >
          {groups.length === 0 ? words.lookFurther : words.loadMore}
        </Button>
      )}
    </>
  );
}
