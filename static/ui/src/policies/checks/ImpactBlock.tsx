import { useState } from "react"
import { Button } from "../../shared/Button"
import { count, plural } from "../../shared/format"
import { SelectInput } from "../../shared/Field"
import { Note } from "../../shared/Note"
import { sameDocument, type PolicyDocument } from "../model/rule"
import type { Impact } from "../types"
import { ImpactDialog } from "./ImpactDialog"
import { useImpact } from "./useImpact"

interface Props {
  policy: string
  /** The rule without faults that is at hand; null while there is none. */
  document: PolicyDocument | null
}

const DAYS = ["1", "7", "30"].map((days) => ({
  value: days,
  label: days === "1" ? "last day" : `last ${days} days`,
}))

/** What the rule as it stands here would have changed in what was decided. */
export function ImpactBlock({ policy, document }: Props) {
  const [days, setDays] = useState("7")
  const [shows, setShows] = useState(false)
  const { impact, of, busy, failure, compare } = useImpact(policy)
  const isOld = Boolean(impact && document && of && !sameDocument(document, of))
  return (
    <section className="policy-block" aria-label="Impact">
      <div className="policy-head">
        <h3 className="h3">Impact</h3>
        <span className="xs subtle">{impact ? basisWords(impact) : "against what was decided"}</span>
        <span className="end row g1">
          <SelectInput
            className="impact-days"
            aria-label="How far back"
            choices={DAYS}
            value={days}
            onChange={({ target }) => setDays(target.value)}
          />
          <Button
            size="sm"
            icon="compare"
            busy={busy}
            disabledReason={!document && "Correct what is wrong with the rule first."}
            onClick={() => document && compare(document, Number(days))}
          >
            Compare
          </Button>
        </span>
      </div>
      {failure && <Note kind="bad">{failure}</Note>}
      {impact && !impact.finished && (
        <div className="impact-progress" role="status">
          <progress value={impact.done} max={Math.max(1, impact.of)} aria-label="Compared" />
          <span className="xs subtle num">
            {count(impact.done)} of {plural(impact.of, "decision")}
          </span>
        </div>
      )}
      {impact && (
        <>
          <dl className={isOld || !impact.finished ? "impact is-old" : "impact"}>
            <Figure value={impact.newly_denied} label="newly denied" isBad />
            <Figure value={impact.newly_allowed} label="newly allowed" />
            <Figure value={impact.people} label="people affected" />
            <Figure value={impact.workflows} label="workflows affected" />
          </dl>
          <p className="xs subtle impact-foot">
            {isOld && <b className="med">The rule changed since: compare again. </b>}
            {footWords(impact)}
            {impact.list.length > 0 && (
              <>
                {" "}
                <button type="button" className="linkish" onClick={() => setShows(true)}>
                  Open list
                </button>
              </>
            )}
          </p>
        </>
      )}
      {shows && impact && <ImpactDialog impact={impact} onClose={() => setShows(false)} />}
    </section>
  )
}

function Figure({ value, label, isBad = false }: { value: number; label: string; isBad?: boolean }) {
  return (
    <div>
      <dt className="xs muted">{label}</dt>
      <dd className={isBad && value > 0 ? "failed" : undefined}>{count(value)}</dd>
    </div>
  )
}

const basisWords = ({ of, days }: Impact): string =>
  `against ${plural(of, "logged decision")} of the ${days === 1 ? "last day" : `last ${days} days`}`

/** What the figures rest on. */
function footWords({ sampled, unknown, basis }: Impact): string {
  const logged =
    sampled >= 1
      ? "All decisions are logged."
      : sampled > 0
        ? `All denials are logged, and ${Math.round(sampled * 100)} % of what was allowed.`
        : "Only denials are logged, so that nothing newly denied can be seen."
  const gone = unknown > 0 ? ` ${plural(unknown, "decision")} can’t be asked again.` : ""
  return `Judged by ${basis}. ${logged}${gone}`
}
