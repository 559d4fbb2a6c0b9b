import { useMemo, type ReactNode } from "react"
import { useStore } from "zustand"
import { Note } from "../../shared/Note"
import { Prose } from "../../shared/Prose"
import { Segmented } from "../../shared/Segmented"
import type { DraftKeeper } from "../draftKeeper"
import { writeCondition } from "../model/condition"
import { locate, type Finding } from "../model/remarks"
import type { Vocabulary } from "../model/vocabulary"
import { ConditionTree } from "./ConditionTree"
import { JsonPane } from "./JsonPane"
import { RuleHead } from "./RuleHead"
import "./RulePane.css"

export type RuleView = "builder" | "json" | "both"

interface Props {
  keeper: DraftKeeper
  words: Vocabulary
  findings: readonly Finding[]
  readOnly: boolean
  view: RuleView
  onView: (view: RuleView) => void
  /** Of the policy as a whole, over the rule. */
  notes: ReactNode
  /** Impact and tests, below the rule. */
  children: ReactNode
}

const VIEWS = [
  { value: "builder", label: "Builder" },
  { value: "json", label: "JSON" },
  { value: "both", label: "Both" },
] as const

/** The rule itself: built, or written as JSON, or both beside each other. */
export function RulePane({ keeper, words, findings, readOnly, view, onView, notes, children }: Props) {
  const root = useStore(keeper.store, (state) => state.rule.root)
  const effect = useStore(keeper.store, (state) => state.rule.effect)
  const faults = useStore(keeper.store, (state) => state.faults)
  const isText = useStore(keeper.store, (state) => state.textFault !== null)
  const remarks = useMemo(
    () => locate(faults, findings, writeCondition(root).places),
    [faults, findings, root],
  )
  return (
    <section className="policy-half" aria-label="Rule">
      <div className="toolbar">
        <h2 className="h2">Rule</h2>
        <span className="end">
          <Segmented small label="Show the rule as" options={VIEWS} value={view} onChange={onView} />
        </span>
      </div>
      <div className="policy-in scroll">
        <div className="policy-notes">{notes}</div>
        {remarks.general.map(({ severity, message, place }) => (
          <div className="policy-block" key={`${place} ${message}`}>
            <Note kind={severity === "error" ? "bad" : severity === "warning" ? "warn" : "info"}>
              <Prose text={message} />
            </Note>
          </div>
        ))}
        {view !== "json" && (
          <fieldset className="rule-builder" disabled={isText}>
            <div className="policy-block">
              <RuleHead keeper={keeper} words={words} readOnly={readOnly} errors={remarks.byField} />
            </div>
            <div className="policy-block">
              <h3 className="h3 policy-head">
                When
                <span className="xs subtle">
                  {effect === "deny"
                    ? "a missing attribute counts against the reader: it is denied"
                    : "a missing attribute counts against the reader: nothing is allowed by it"}
                </span>
              </h3>
              <ConditionTree
                keeper={keeper}
                root={root}
                words={words}
                readOnly={readOnly}
                remarks={remarks.byPart}
              />
            </div>
          </fieldset>
        )}
        {view !== "builder" && (
          <div className="policy-block">
            <JsonPane keeper={keeper} readOnly={readOnly} findings={findings} />
          </div>
        )}
        {children}
      </div>
    </section>
  )
}
