import { Link } from "wouter"
import { Button, IconButton } from "../shared/Button"
import { count, date } from "../shared/format"
import { DetailPane } from "../shared/ListDetail"
import { Note } from "../shared/Note"
import type { Controls, Framework, Sample } from "./types"
import { VerdictMark } from "./VerdictMark"
import { countName, frameworkLabel, FRAMEWORKS, sampleName, type ShownControl } from "./words"

interface Props {
  control: ShownControl
  framework: Framework
  found: Controls
  onConfirm: () => void
  onClose: () => void
}

/** A control beside the list: what was counted, how, and what to do about it. */
export function ControlPane({ control, framework, found, onConfirm, onClose }: Props) {
  const isWanting = control.shown !== "pass" && control.shown !== "not_applicable"
  return (
    <DetailPane label="Control">
      <header className="detail-head">
        <div className="col grow">
          <span className="xs subtle">
            {frameworkLabel(framework)} {control.clause}
          </span>
          <h2>{control.title}</h2>
        </div>
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <div className="detail-in">
        <div>
          <VerdictMark verdict={control.shown} />
          <p className="fw-said">{control.finding}</p>
        </div>
        {isWanting && (
          <Note kind={control.shown === "fail" ? "warn" : "info"} icon="arrow">
            {control.advice}
            <div className="row fw-act">
              {control.fix && (
                <Link className="btn sm" href={control.fix.page}>
                  {control.fix.words}
                </Link>
              )}
              {control.can_confirm && (
                <Button size="sm" onClick={onConfirm}>
                  Confirm
                </Button>
              )}
            </div>
          </Note>
        )}
        <Counts counts={control.counts} />
        <Samples samples={control.samples} />
        <section>
          <h3 className="h3">How it was found</h3>
          <p className="sm muted">{control.computed}</p>
          <p className="sm muted">
            {control.over === "now"
              ? "As it is now"
              : `${date(found.period.since)} to ${date(found.period.until)}`}
            {found.scope.workflow
              ? control.by_workflow
                ? `, of “${found.scope.workflow.name}” alone.`
                : ", of the whole workspace: this is not counted by workflow."
              : ", of the whole workspace."}
          </p>
        </section>
        <section>
          <h3 className="h3">Evidence for</h3>
          <dl className="kv">
            {FRAMEWORKS.map((name) => {
              const clause = control.clauses[name]
              return (
                clause && (
                  <div key={name} className="fw-clause">
                    <dt>{frameworkLabel(name)}</dt>
                    <dd>{clause}</dd>
                  </div>
                )
              )
            })}
          </dl>
        </section>
      </div>
    </DetailPane>
  )
}

function Counts({ counts }: { counts: Record<string, number> }) {
  const all = Object.entries(counts)
  if (all.length === 0) return null
  return (
    <section>
      <h3 className="h3">Counted</h3>
      <dl className="fw-counts">
        {all.map(([name, value]) => (
          <div key={name}>
            <dt>{countName(name)}</dt>
            <dd className="num">{count(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Samples({ samples }: { samples: readonly Sample[] }) {
  if (samples.length === 0) return null
  return (
    <section aria-label="Examples">
      <h3 className="h3">Examples</h3>
      <ul className="fw-samples">
        {samples.map((sample) => (
          <li key={`${sample.type} ${sample.id}`} title={`${sample.type} ${sample.id}`}>
            {sample.page ? (
              <Link className="linkish" href={sample.page}>
                {sampleName(sample)}
              </Link>
            ) : (
              sampleName(sample)
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
