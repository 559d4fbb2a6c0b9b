import type { Controls, Framework, FrameworkSummary } from "./types"
import { applying, failWords, frameworkLabel, FRAMEWORKS, lackWords } from "./words"

interface Props {
  frameworks: Controls["frameworks"]
  chosen: Framework
  onChoose: (framework: Framework) => void
}

/** Each framework: how many of the controls that apply hold, and what stands in the way. */
export function FrameworkCards({ frameworks, chosen, onChoose }: Props) {
  return (
    <div className="fw-cards" role="group" aria-label="Frameworks">
      {FRAMEWORKS.map((framework) => {
        const summary = frameworks[framework]
        return (
          summary && (
            <button
              key={framework}
              type="button"
              className={framework === chosen ? "fw-card is-on" : "fw-card"}
              aria-pressed={framework === chosen}
              onClick={() => onChoose(framework)}
            >
              <span className="row">
                <b>{frameworkLabel(framework)}</b>
                <span className="end xs muted num">
                  {summary.pass} of {applying(summary)}
                  <span className="sr"> controls pass</span>
                </span>
              </span>
              <Shares summary={summary} />
              <Words summary={summary} />
            </button>
          )
        )
      })}
    </div>
  )
}

function Shares({ summary }: { summary: FrameworkSummary }) {
  const shares = [
    { look: "ok", of: summary.pass },
    { look: "bad", of: summary.fail },
    { look: "warn fw-lack", of: summary.insufficient_evidence },
    { look: "fw-person", of: summary.manual },
    { look: "off", of: summary.not_applicable },
  ]
  return (
    <span className="meter fw-meter" aria-hidden="true">
      {shares.map(({ look, of }) => of > 0 && <i key={look} className={look} style={{ flexGrow: of }} />)}
    </span>
  )
}

function Words({ summary }: { summary: FrameworkSummary }) {
  const lacks = lackWords(summary)
  return (
    <span className="xs muted">
      <span className={summary.fail ? "failed med" : undefined}>{failWords(summary)}</span>
      {lacks && `, ${lacks}`}
    </span>
  )
}
