import { TYPES } from "@muster/client";
import { useState, type FormEvent, type ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { SelectField, TextField } from "../../parts/field.tsx";
import type { AppUser, AppUserState } from "./app-user.ts";
import { groupTypeName } from "./group-type-names.ts";

const types = [TYPES.GRP_PUBLIC, TYPES.GRP_WORK, TYPES.GRP_MEETING, TYPES.GRP_COMMUNITY] as const;
type Type = (typeof types)[number];

/** What a group is created with. A community can have topics. */
export function CreateGroup({ user, other }: { readonly user: AppUser; readonly other: AppUserState }): ReactNode {
  const words = useWords();
  const [type, setType] = useState<Type>(TYPES.GRP_PUBLIC);
  const [name, setName] = useState("");
  const [isWith, setWith] = useState(true);
  const [isBusy, setBusy] = useState(false);
  const hints = {
    [TYPES.GRP_PUBLIC]: words.typeHintPublic,
    [TYPES.GRP_WORK]: words.typeHintWork,
    [TYPES.GRP_MEETING]: words.typeHintMeeting,
    [TYPES.GRP_COMMUNITY]: words.typeHintCommunity,
  };
  const canBeWith = other.status === "in";

  async function create(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    const isDone = await user.act((client) =>
      client.createGroup({
        type,
        name: name === "" ? words.groupNameExample : name,
        isSupportTopic: type === TYPES.GRP_COMMUNITY,
        memberList: isWith && canBeWith ? [{ userID: other.userId }] : [],
      }),
    );
    if (isDone) setName("");
    setBusy(false);
  }

  return (
    <form className="create-group" onSubmit={(event) => void create(event)}>
      <h3>{words.newGroup}</h3>
      <div className="fields">
        <SelectField
          label={words.groupType}
          value={type}
          choices={types.map((value) => ({ value, label: groupTypeName(value, words) }))}
          onChange={setType}
        />
        <TextField
          label={words.groupName}
          placeholder={words.groupNameExample}
          value={name}
          autoComplete="off"
          onChange={setName}
        />
      </div>
      <p className="hint">{hints[type]}</p>
      <div className="create-row">
        <label className="tick-line">
          <input
            type="checkbox"
            checked={isWith && canBeWith}
            disabled={!canBeWith}
            onChange={(event) => setWith(event.target.checked)}
          />
          {words.withOther(other.userId)}
        </label>
        <Button kind="primary" type="submit" isBusy={isBusy}>
          {words.create}
        </Button>
      </div>
    </form>
  );
}
