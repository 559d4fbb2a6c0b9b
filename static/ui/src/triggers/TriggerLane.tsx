import { ViewportPortal } from "@xyflow/react"
import { useSession, useUi } from "../editor/SessionContext"
import { dataPath } from "../canvas/wirePath"
import { until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { NO_SELECTION } from "../shared/mapping"
import { CARD, type Lane } from "./lane"
import type { Trigger } from "./types"
import { KINDS } from "./words"
import "./TriggerLane.css"

/** The workflow's triggers at the left edge of the canvas, with wires to the steps that a run begins with. */
export default function TriggerLane({ triggers, lane }: { triggers: readonly Trigger[]; lane: Lane }) {
  return (
    <ViewportPortal>
      <svg className="lane-wires" aria-hidden="true">
        {triggers.map(({ id, enabled }) => {
          const card = lane.cards.get(id)
          if (!card) return null
          const from = { x: card.x + CARD.width, y: card.y + CARD.port }
          return lane.ends.map((to, at) => (
            <path
              key={`${id} ${at}`}
              d={dataPath(from, to).d}
              className={enabled ? "wire react-flow__edge-path" : "wire dead react-flow__edge-path"}
            />
          ))
        })}
      </svg>
      {triggers.map((trigger) => (
        <Card key={trigger.id} trigger={trigger} lane={lane} />
      ))}
    </ViewportPortal>
  )
}

function Card({ trigger, lane }: { trigger: Trigger; lane: Lane }) {
  const session = useSession()
  const selected = useUi((ui) => ui.trigger === trigger.id)
  const now = useNow(1_000)
  const { enabled, last_problem: problem, next_fire_at: next } = trigger
  const at = lane.cards.get(trigger.id)
  if (!at) return null
  const open = () => {
    session.editor.select(NO_SELECTION)
    session.ui.setState({ trigger: trigger.id, inspectorOpen: true })
  }
  const classes = ["node trigger-card nopan nodrag", selected && "is-sel", !enabled && "is-off"]
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(" ")}
      style={{ translate: `${at.x}px ${at.y}px`, height: CARD.height }}
      aria-pressed={selected}
      onClick={open}
    >
      <span className="trigger-card-head">
        <span className="tile is-trigger">
          <Icon name={KINDS[trigger.kind].icon} size={14} />
        </span>
        <span className="grow">
          <b>{trigger.name}</b>
          <small>{KINDS[trigger.kind].label}</small>
        </span>
      </span>
      <span className="trigger-card-foot">
        {enabled ? problem ? <span className="failed">Needs you</span> : "On" : "Off"}
        {enabled && next && <span className="end">{until(next, now)}</span>}
      </span>
      <i className="trigger-port" aria-hidden="true" />
    </button>
  )
}
