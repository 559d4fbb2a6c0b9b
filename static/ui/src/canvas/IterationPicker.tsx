import { useState, type KeyboardEvent } from "react"
import { count, plural } from "../shared/format"
import { IconButton } from "../shared/Button"
import type { Iterations } from "../shared/live/statusStore"
import { Icon } from "../shared/icons/Icon"
import { lastStarted, nextFailed } from "./iterations"
import "./IterationPicker.css"

interface Props {
  iterations: Iterations
  /** The iteration that is shown; null before the first. */
  value: number | null
  onChange: (iteration: number) => void
  /** Back to the newest one as they come; only while more come and another was chosen. */
  onFollow?: (() => void) | undefined
}

/** Which round of a loop, or which item of a map, is shown: one further, one back, a number, the failed ones. */
export function IterationPicker({ iterations, value, onChange, onFollow }: Props) {
  const [draft, setDraft] = useState<string | null>(null)
  const last = lastStarted(iterations)
  if (last === 0) return null
  const go = (number: number) => onChange(Math.min(last, Math.max(1, number)))
  const shown = value ?? last
  const failed = nextFailed(iterations, shown)
  const take = () => {
    const number = Number(draft)
    if (draft?.trim() && Number.isInteger(number)) go(number)
    setDraft(null)
  }
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation() // the canvas has keys of its own
    if (event.key === "Enter") take()
    if (event.key === "Escape") setDraft(null)
    if (event.key === "ArrowUp") go(shown + 1)
    if (event.key === "ArrowDown") go(shown - 1)
  }
  return (
    <span className="iterations nodrag nopan" role="group" aria-label="Iteration shown">
      {iterations.failed > 0 && (
        <button
          type="button"
          className="iterations-failed"
          title={`${plural(iterations.failed, "iteration")} failed: show the next`}
          onClick={() => failed !== null && go(failed)}
        >
          <Icon name="warn" size={11} />
          {count(iterations.failed)}
          <span className="sr"> failed: show the next</span>
        </button>
      )}
      <IconButton
        variant="ghost"
        size="sm"
        icon="left"
        iconSize={12}
        label="Iteration before"
        disabledReason={shown <= 1 && "this is the first"}
        onClick={() => go(shown - 1)}
      />
      <input
        className="iterations-number num"
        inputMode="numeric"
        aria-label={`Iteration, 1 to ${last}`}
        value={draft ?? String(shown)}
        style={{ width: `${Math.max(2, String(last).length) + 1}ch` }}
        onChange={(event) => setDraft(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={take}
        onKeyDown={onKey}
      />
      <span className="num subtle">of {count(last)}</span>
      <IconButton
        variant="ghost"
        size="sm"
        icon="right"
        iconSize={12}
        label="Next iteration"
        disabledReason={shown >= last && "this is the last"}
        onClick={() => go(shown + 1)}
      />
      {onFollow && (
        <IconButton
          variant="ghost"
          size="sm"
          icon="play"
          iconSize={12}
          label="Follow the newest iteration"
          onClick={onFollow}
        />
      )}
    </span>
  )
}
