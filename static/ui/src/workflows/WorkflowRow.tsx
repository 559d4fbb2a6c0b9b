import { Link } from "wouter"
import type { Workflow } from "../api/types"
import { Avatar } from "../shared/Avatar"
import { Badge } from "../shared/Badge"
import { Button, IconButton } from "../shared/Button"
import { ago, duration, moment, plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { Menu } from "../shared/Menu"
import { moveAmongRows } from "../shared/rowKeys"
import { StateMark } from "../shared/StateMark"
import { needsEyes } from "../shared/status"
import { usualDuration } from "./bars"
import { RunBars } from "./RunBars"
import { rowActions, type WorkflowIntent } from "./rowActions"

interface Props {
  workflow: Workflow
  now: Date
  mayCreate: boolean
  busy: boolean
  onIntent: (intent: WorkflowIntent, workflow: Workflow) => void
}

/** One workflow: what it is, how its last runs went, who changed it, what can be done. */
export function WorkflowRow({ workflow, now, mayCreate, busy, onIntent }: Props) {
  const last = workflow.last_runs[0]
  const usual = usualDuration(workflow.last_runs)
  const may = (action: string) => workflow.can.includes(action)
  return (
    <tr>
      <td>
        <span className="row g3">
          <span className="tile lg is-flow">
            <Icon name="workflow" />
          </span>
          <span className="wf-name">
            <Link className="title cut row-link" href={`/workflows/${workflow.id}`} onKeyDown={moveAmongRows}>
              {workflow.name}
            </Link>
            <span className="xs subtle cut">{workflow.description || stepsOf(workflow)}</span>
          </span>
        </span>
      </td>
      <td>
        <Published workflow={workflow} />
      </td>
      <td>
        <RunBars runs={workflow.last_runs} />
      </td>
      <td className="num">{usual === null ? "–" : duration(usual)}</td>
      <td>
        {last ? (
          <Link className="wf-last over-link" href={`/runs/${last.id}`} title={moment(last.created_at)}>
            <StateMark status={last.status} pill={needsEyes(last.status)} />
            <span className="muted">{ago(last.created_at, now)}</span>
          </Link>
        ) : (
          <span className="subtle">–</span>
        )}
      </td>
      <td className="muted">
        <span className="row g2" title={moment(workflow.updated_at)}>
          {workflow.updated_by && <Avatar name={workflow.updated_by.name || workflow.updated_by.email} />}
          {ago(workflow.updated_at, now)}
        </span>
      </td>
      <td className="row-actions over-link">
        <span className="row g1">
          {may("workflow.run") && (
            <span className="on-hover">
              <Button
                size="sm"
                icon="play"
                busy={busy}
                aria-label={`Run ${workflow.name}`}
                onClick={() => onIntent("run", workflow)}
              >
                Run
              </Button>
            </span>
          )}
          <Menu items={rowActions(workflow, mayCreate, onIntent)}>
            <IconButton label={`More for ${workflow.name}`} icon="more" size="sm" variant="ghost" />
          </Menu>
        </span>
      </td>
    </tr>
  )
}

function Published({ workflow }: { workflow: Workflow }) {
  if (workflow.published_version === null) return <Badge kind="accent">Draft</Badge>
  return (
    <span className="row g2">
      <Badge>v{workflow.published_version}</Badge>
      {workflow.has_unpublished_changes && <span className="xs subtle">changed since</span>}
    </span>
  )
}

function stepsOf(workflow: Workflow): string {
  if (workflow.node_count === 0) return "Empty canvas"
  return plural(workflow.node_count, "node")
}
