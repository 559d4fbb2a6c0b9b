import type { ApiProblem } from "../api/problem"
import { plural } from "../shared/format"
import { Note } from "../shared/Note"
import "./ImportProblems.css"

const SHOWN = 12

/** Why the server did not take a document, each problem with its node and field. */
export function ImportProblems({ problem }: { problem: ApiProblem }) {
  const { errors } = problem
  return (
    <div className="dialog-note">
      <Note kind="bad">
        {errors.length > 0 ? `${plural(errors.length, "problem")} in this document.` : problem.message}
        {errors.length > 0 && (
          <ul className="problems">
            {errors.slice(0, SHOWN).map((error, index) => (
              <li key={index}>
                {(error.node || error.field) && (
                  <code>{[error.node, error.field].filter(Boolean).join(" · ")}</code>
                )}{" "}
                {error.message}
              </li>
            ))}
            {errors.length > SHOWN && <li className="subtle">and {errors.length - SHOWN} more</li>}
          </ul>
        )}
      </Note>
    </div>
  )
}
