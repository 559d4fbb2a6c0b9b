import { useRef } from "react"
import { LoadError } from "../shell/LoadError"
import { IconButton } from "../shared/Button"
import { FilterChip } from "../shared/FilterChip"
import { plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { Note } from "../shared/Note"
import { Segmented } from "../shared/Segmented"
import { SkeletonRows } from "../shared/Skeleton"
import { useGraph, useMoments } from "./api"
import { FindField } from "./FindField"
import { GraphView, type GraphHandle } from "./GraphView"
import { LineageSide } from "./LineageSide"
import { DEFAULT_DEPTH, REACHES, type LineagePlace } from "./place"
import { TimeBar } from "./TimeBar"
import type { At } from "./trace"
import type { LineageGraph } from "./types"

const DIRECTIONS = [
  { value: "up", label: "Upstream" },
  { value: "both", label: "Both" },
  { value: "down", label: "Downstream" },
] as const

const DEPTHS = REACHES.map((depth) => ({
  value: String(depth),
  label: depth === 1 ? "1 step far" : `${depth} steps far`,
}))

const FARTHEST = 10

interface Props {
  place: LineagePlace
  onGo: (change: Partial<LineagePlace>) => void
}

/** The graph around a dataset or a workflow, as of a run; and what is chosen of it. */
export function LineageStage({ place, onGo }: Props) {
  const graph = useGraph(place)
  const moments = useMoments(place.dataset).data ?? []
  const run = place.run ?? moments.at(-1)?.run.id ?? null
  const view = useRef<GraphHandle>(null)
  const chosen = chosenOf(place, graph.data)
  const choose = ({ node, column }: At) => onGo({ node, field: column })
  const focusOn = ({ node, column }: At) =>
    onGo({ dataset: node, workflow: null, column, node: null, field: null, run: null })
  return (
    <div className="lin-cols">
      <section className="lin-stage" aria-label="Graph">
        <div className="toolbar lin-bar">
          <span className="lin-find">
            <FindField
              key={`${place.dataset} ${place.column}`}
              current={focusName(graph.data)}
              onFind={(node, column) => focusOn({ node, column })}
            />
          </span>
          <Segmented
            label="Direction"
            small
            options={DIRECTIONS}
            value={place.direction}
            onChange={(direction) => onGo({ direction })}
          />
          <FilterChip
            label="Reach"
            options={DEPTHS}
            value={place.depth === DEFAULT_DEPTH ? null : String(place.depth)}
            onChange={(depth) => onGo({ depth: depth === null ? DEFAULT_DEPTH : Number(depth) })}
          />
          <Legend />
          <span className="row g1">
            <IconButton
              label="Zoom out"
              icon="minus"
              size="sm"
              variant="ghost"
              onClick={() => view.current?.zoomBy(0.8)}
            />
            <IconButton
              label="Zoom in"
              icon="plus"
              size="sm"
              variant="ghost"
              onClick={() => view.current?.zoomBy(1.25)}
            />
            <IconButton
              label="Fit the graph"
              icon="fit"
              size="sm"
              variant="ghost"
              onClick={() => view.current?.fit()}
            />
          </span>
          {run && (
            <a
              className="btn sm"
              href={`/api/v1/runs/${run}/openlineage/`}
              download={`openlineage-${run}.json`}
            >
              <Icon name="download" size={14} />
              OpenLineage
            </a>
          )}
        </div>
        {graph.isPending && (
          <div className="lin-wait">
            <SkeletonRows />
          </div>
        )}
        {graph.isError && !graph.data && (
          <LoadError what="this lineage" error={graph.error} onRetry={() => void graph.refetch()} />
        )}
        {graph.data && (
          <div className={graph.isPlaceholderData ? "lin-graph is-old" : "lin-graph"}>
            {graph.data.truncated && (
              <Note>
                It goes on: farther than {plural(place.depth, "step")}, or beyond what fits here.{" "}
                {place.depth < FARTHEST && (
                  <button type="button" className="linkish" onClick={() => onGo({ depth: FARTHEST })}>
                    Look {FARTHEST} steps far
                  </button>
                )}
              </Note>
            )}
            <GraphView ref={view} graph={graph.data} chosen={chosen} onChoose={choose} />
          </div>
        )}
        {place.dataset && moments.length > 0 && (
          <TimeBar moments={moments} run={place.run} onChange={(run) => onGo({ run })} />
        )}
      </section>
      <LineageSide
        graph={graph.data}
        chosen={chosen}
        focus={place}
        onChoose={choose}
        onFocus={focusOn}
        onClose={() => onGo({ node: null, field: null })}
      />
    </div>
  )
}

function Legend() {
  return (
    <span className="row g3 xs muted lin-legend">
      {(["exact", "inferred", "unknown"] as const).map((tier) => (
        <span key={tier} className="row g1">
          <svg width="24" height="4" aria-hidden="true">
            <path className={`lin-wire is-${tier} is-hot`} d="M0 2h24" />
          </svg>
          {tier === "unknown" ? "not known" : tier}
        </span>
      ))}
    </span>
  )
}

/** What is chosen; until somebody chooses, what the graph is about. */
function chosenOf({ node, field }: LineagePlace, graph: LineageGraph | undefined): At | null {
  if (!graph) return null
  if (node && graph.nodes.some(({ id }) => id === node)) return { node, column: field }
  return graph.focus && { node: graph.focus.id, column: graph.focus.column }
}

function focusName(graph: LineageGraph | undefined): string {
  const node = graph?.nodes.find(({ id }) => id === graph.focus?.id)
  if (!node) return ""
  return graph?.focus?.column ? `${node.name}.${graph.focus.column}` : node.name
}
