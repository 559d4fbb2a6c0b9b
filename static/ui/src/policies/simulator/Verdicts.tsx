import { Icon } from "../../shared/icons/Icon"
import type { Answer } from "../types"

interface Props {
  active: Answer
  draft: Answer | null
  /** What the draft would be. */
  draftWords: string
}

/** What the rules in force answer, and what they would with the draft among them. */
export function Verdicts({ active, draft, draftWords }: Props) {
  return (
    <div className={draft ? "verdicts" : "verdicts is-one"} role="status" aria-label="Answers">
      <Verdict title="What is in force" answer={active} />
      {draft && <Verdict title={draftWords} answer={draft} />}
    </div>
  )
}

function Verdict({ title, answer }: { title: string; answer: Answer }) {
  const { allowed, reason, policies } = answer
  return (
    <div className={allowed ? "verdict is-allow" : "verdict is-deny"}>
      <span className="xs subtle">{title}</span>
      <span className="verdict-word">
        <Icon name={allowed ? "shieldcheck" : "shieldx"} size={20} />
        {allowed ? "Allowed" : "Denied"}
      </span>
      <span className="sm muted">{policies.length > 0 ? `by ${policies.join(", ")}` : reason}</span>
    </div>
  )
}
