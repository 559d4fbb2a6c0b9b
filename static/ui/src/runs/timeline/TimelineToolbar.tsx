import { Button, IconButton } from "../../shared/Button"
import { Icon } from "../../shared/icons/Icon"
import { Menu } from "../../shared/Menu"
import type { Attempt, Look } from "./rows"
import type { TimeView } from "./useTimeWindow"
import { attemptWords, lookWord } from "./words"

const LEGEND: readonly Look[] = ["queued", "ran", "failed", "backoff", "waited", "running"]

interface Props {
  time: TimeView
  /** Of the chosen node. */
  attempts: readonly Attempt[]
  attempt: number | null
  onAttempt: (attempt: number | null) => void
}

/** Over the timeline: what its colours mean, which attempt is looked at, and how close. */
export function TimelineToolbar({ time, attempts, attempt, onAttempt }: Props) {
  const choices = [
    {
      label: "All attempts",
      icon: attempt === null ? ("check" as const) : undefined,
      onSelect: () => onAttempt(null),
    },
    ...attempts.map((one) => ({
      label: attemptWords(one, attempts.length),
      icon: one.attempt === attempt ? ("check" as const) : undefined,
      onSelect: () => onAttempt(one.attempt),
    })),
  ]
  return (
    <div className="toolbar">
      <h2 className="h3">Timeline</h2>
      <span className="legend" aria-hidden="true">
        {LEGEND.map((look) => (
          <span key={look}>
            <i className={`seg-bar is-${look}`} />
            {lookWord(look)}
          </span>
        ))}
      </span>
      <span className="row end g1">
        {attempts.length > 1 && (
          <Menu items={choices}>
            <button type="button" className={attempt === null ? "chipf" : "chipf set"}>
              {attempt === null ? "All attempts" : `Attempt ${attempt}`}
              <Icon name="down" size={12} />
            </button>
          </Menu>
        )}
        {time.isBehind && (
          <Button size="sm" icon="right" onClick={time.follow}>
            Follow
          </Button>
        )}
        <IconButton
          label="Further away"
          keys="-"
          icon="minus"
          size="sm"
          variant="ghost"
          disabledReason={!time.isZoomed && "all of the run is in view"}
          onClick={time.zoomOut}
        />
        <IconButton label="Closer" keys="+" icon="plus" size="sm" variant="ghost" onClick={time.zoomIn} />
        <IconButton
          label="All of the run"
          keys="0"
          icon="fit"
          size="sm"
          variant="ghost"
          disabledReason={!time.isZoomed && "it is in view"}
          onClick={time.fit}
        />
      </span>
    </div>
  )
}
