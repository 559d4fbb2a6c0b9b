import { useState } from "react"
import { Button } from "../../shared/Button"
import { plural } from "../../shared/format"
import { Icon } from "../../shared/icons/Icon"
import { Segmented } from "../../shared/Segmented"
import { policiesOf, rowsOf, type Verdict, type WhyRow } from "../model/why"
import type { Answer, JudgedPolicy } from "../types"

interface Props {
  active: Answer
  draft: Answer | null
  /** Of which of the two; the page remembers it. */
  side: "active" | "draft"
  onSide: (side: "active" | "draft") => void
}

const SIDES = [
  { value: "active", label: "Active" },
  { value: "draft", label: "Draft" },
] as const

/** How an answer comes about: the policies that count, their conditions with the values that they met, and the rest. */
export function WhyTree({ active, draft, side, onSide }: Props) {
  const [shows, setShows] = useState(false)
  const answer = side === "draft" && draft ? draft : active
  const { shown, others } = policiesOf(answer.explanation)
  const steps = answer.explanation.steps.filter(({ step, outcome }) => step !== "deny" && isDecided(outcome))
  return (
    <section className="why" aria-label="Why">
      <header>
        <h3 className="h3">Why</h3>
        <span className="subtle">with the values of that moment</span>
        {draft && (
          <span className="end">
            <Segmented small label="Why, by" options={SIDES} value={side} onChange={onSide} />
          </span>
        )}
      </header>
      <ul>
        {shown.map((policy) => (
          <PolicyRows key={policy.key} policy={policy} />
        ))}
        {steps
          .filter(({ step }) => step !== "policy")
          .map(({ step, label, outcome, reason }) => (
            <li key={step} className="why-row is-root">
              <span>
                <Icon name={outcome === "allow" ? "shieldcheck" : "shieldx"} size={14} />
                <b>{label}</b>
                <span className="cut muted">{reason}</span>
              </span>
              <span />
              <VerdictMark verdict word={outcome === "allow" ? "allows" : "denies"} />
            </li>
          ))}
        {others.length > 0 && (
          <li className="why-row is-root">
            <span className="muted">
              <Icon name="shield" size={14} />
              {plural(others.length, "other policy", "other policies")} looked at
            </span>
            <span className="got">none counts</span>
            <Button variant="ghost" size="sm" aria-expanded={shows} onClick={() => setShows(!shows)}>
              {shows ? "Hide" : "Show"}
            </Button>
          </li>
        )}
        {shows && others.map((policy) => <PolicyRows key={policy.key} policy={policy} />)}
      </ul>
    </section>
  )
}

const isDecided = (outcome: string) => outcome === "allow" || outcome === "deny"

function PolicyRows({ policy }: { policy: JudgedPolicy }) {
  const isDeny = policy.effect === "deny"
  const word = !policy.names_resource
    ? "other things"
    : policy.verdict === true
      ? "applies"
      : policy.verdict === false
        ? "does not"
        : "unknown"
  return (
    <>
      <li className="why-row is-root">
        <span>
          <span className={isDeny ? "i failed" : "i succeeded"}>
            <Icon name={isDeny ? "shieldx" : "shieldcheck"} size={14} />
          </span>
          <b>{isDeny ? "Deny" : "Allow"}</b>
          <span className="cut">{policy.label || policy.key}</span>
          {policy.status === "shadow" && <span className="badge wait">Shadow</span>}
        </span>
        <span className="got">{policy.condition ? "" : "always"}</span>
        <VerdictMark verdict={policy.names_resource ? policy.verdict : false} word={word} />
      </li>
      {rowsOf(policy).map((row) => (
        <ConditionRow key={row.key} row={row} isDeny={isDeny} />
      ))}
    </>
  )
}

function ConditionRow({ row, isDeny }: { row: WhyRow; isDeny: boolean }) {
  const look = row.decides ? (isDeny ? " decides is-deny" : " decides") : ""
  return (
    <li className={`why-row${look}`} style={{ ["--d" as string]: row.depth }}>
      <span title={row.path ? `${row.path} ${row.title}` : row.title}>
        {row.path === null ? (
          <span className="med">{row.title}</span>
        ) : (
          <>
            <code>{row.path}</code>
            <span className="cut">{row.title}</span>
          </>
        )}
      </span>
      <span className={row.isMissing ? "got med" : "got"}>{row.met}</span>
      <VerdictMark verdict={row.verdict} />
    </li>
  )
}

function VerdictMark({ verdict, word }: { verdict: Verdict; word?: string }) {
  const look = verdict === true ? "is-true" : verdict === false ? "is-false" : "is-unknown"
  return (
    <span className={`tri ${look}`}>
      <Icon name={verdict === true ? "check" : verdict === false ? "x" : "help"} size={14} />
      {word ?? String(verdict)}
    </span>
  )
}
