import { useStore } from "zustand"
import { Button } from "../shared/Button"
import { moment } from "../shared/format"
import { Note } from "../shared/Note"
import { documentAtHand, type DraftKeeper } from "./draftKeeper"
import { ruleOf } from "./model/rule"
import type { Vocabulary } from "./model/vocabulary"
import { conditionWords } from "./model/words"

/** Two people work on one policy: whose change stays. */
export function ConflictNote({ keeper, words }: { keeper: DraftKeeper; words: Vocabulary }) {
  const saving = useStore(keeper.store, (state) => state.saving)
  const mine = useStore(keeper.store, (state) => state.rule)
  if (saving.phase !== "conflict") return null
  const { theirs } = saving
  const by = theirs.draft ? theirs.draft.by : theirs.updated_by
  const at = theirs.draft?.at ?? theirs.updated_at
  const said = conditionWords(ruleOf(documentAtHand(theirs)).root, words)
  return (
    <Note kind="bad">
      <b className="med">{by?.name || by?.email || "Somebody"} changed this policy</b> at {moment(at)}, after
      you read it. Yours is not saved.
      <dl className="kv policy-conflict">
        <dt>Theirs</dt>
        <dd>{said || "always applies"}</dd>
        <dt>Yours</dt>
        <dd>{conditionWords(mine.root, words) || "always applies"}</dd>
      </dl>
      <span className="row g2">
        <Button size="sm" onClick={() => keeper.takeTheirs()}>
          Take theirs
        </Button>
        <Button size="sm" onClick={() => keeper.keepMine()}>
          Keep mine
        </Button>
      </span>
    </Note>
  )
}
