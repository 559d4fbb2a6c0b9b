import { Link } from "wouter"
import { Button } from "../shared/Button"
import { ListTable } from "../shared/ListTable"
import { moveAmongRows } from "../shared/rowKeys"
import { VerdictMark } from "./VerdictMark"
import type { ShownControl } from "./words"

const COLUMNS = [
  "Clause",
  "Control",
  "Verdict",
  { label: "Evidence", look: "wide-only" },
  { label: "Period", look: "wide-only" },
  "",
]

interface Props {
  controls: readonly ShownControl[]
  selected: string | null
  hrefOf: (key: string) => string
  /** In words: “30 days”. */
  period: string
  onConfirm: (control: ShownControl) => void
}

/** The controls of a framework: what was found, and the way to what is missing. */
export function ControlTable({ controls, selected, hrefOf, period, onConfirm }: Props) {
  return (
    <ListTable label="Controls" columns={COLUMNS}>
      {controls.map((control) => {
        const isOn = control.key === selected
        return (
          <tr key={control.key} className={isOn ? "is-on" : ""}>
            <td className="muted">{control.clause}</td>
            <td className="fw-name">
              <Link
                className="title row-link"
                href={hrefOf(control.key)}
                aria-current={isOn || undefined}
                onKeyDown={moveAmongRows}
              >
                {control.title}
              </Link>
            </td>
            <td>
              <VerdictMark verdict={control.shown} />
            </td>
            <td className="muted fw-finding wide-only">{control.finding}</td>
            <td className="subtle wide-only">{control.over === "now" ? "now" : period}</td>
            <td className="right">
              <Act control={control} onConfirm={() => onConfirm(control)} />
            </td>
          </tr>
        )
      })}
    </ListTable>
  )
}

function Act({ control, onConfirm }: { control: ShownControl; onConfirm: () => void }) {
  if (control.shown === "manual" && control.can_confirm)
    return (
      <Button size="sm" className="over-link" onClick={onConfirm}>
        Confirm<span className="sr">: {control.title}</span>
      </Button>
    )
  const isWanting = control.shown === "fail" || control.shown === "insufficient_evidence"
  if (isWanting && control.fix)
    return (
      <Link className="btn sm over-link" href={control.fix.page}>
        {control.fix.words}
        <span className="sr">: {control.title}</span>
      </Link>
    )
  return <span className="linkish xs">Evidence</span>
}
