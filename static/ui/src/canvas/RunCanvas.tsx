import { ReactFlowProvider } from "@xyflow/react"
import { useEffect, useMemo, useState, type Ref } from "react"
import type { GraphDocument } from "../api/types"
import type { ViewedNodes } from "../api/viewing"
import type { StatusStore } from "../shared/live/statusStore"
import { FlowMapper, type NodeTypes } from "../shared/mapping"
import { arranged } from "./arranged"
import { CanvasContext, newDrop, NO_SCOPES } from "./CanvasContext"
import { DotGrid } from "./DotGrid"
import { LodFlow, type CanvasHandle } from "./LodFlow"
import { ProblemStore } from "./problemStore"
import { parentsOf } from "./scopes"
import { StepStatuses } from "./stepStatuses"

interface Props {
  graph: GraphDocument
  nodeTypes: NodeTypes
  /** The run's states by path, or already with the iterations that are shown (`useStepStatuses`). */
  statuses: StatusStore | StepStatuses
  /** The steps that take part in the run; null for all. */
  takesPart?: ReadonlySet<string> | null
  paused?: boolean
  /** What somebody else may see of the steps, while one looks as them. */
  viewed?: ViewedNodes | null
  selected: string | null
  onSelect: (id: string | null) => void
  ref?: Ref<CanvasHandle>
}

const NO_PROBLEMS = new ProblemStore()
const NO_WIRES: ReadonlySet<string> = new Set()

/** The graph of a run, coloured by its states. To look at and to choose a step, not to edit. */
export function RunCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Inner {...props} />
    </ReactFlowProvider>
  )
}

function Inner({
  graph,
  nodeTypes,
  statuses: given,
  takesPart = null,
  paused = false,
  viewed = null,
  selected,
  onSelect,
  ref,
}: Props) {
  const [mapper] = useState(() => new FlowMapper())
  const [drop] = useState(newDrop)
  const placed = useMemo(() => arranged(graph), [graph])
  const parents = parentsOf(placed.nodes)
  const statuses = useMemo(() => (given instanceof StepStatuses ? given : new StepStatuses(given)), [given])
  useEffect(() => statuses.arrange(parents), [statuses, parents])
  const nodes = useMemo(() => {
    const chosen = { nodes: new Set(selected ? [selected] : []), connections: NO_WIRES }
    return mapper.nodes(placed, nodeTypes, chosen)
  }, [mapper, placed, nodeTypes, selected])
  const edges = useMemo(
    () => mapper.edges(placed, { nodes: NO_WIRES, connections: NO_WIRES }),
    [mapper, placed],
  )
  const context = useMemo(
    () => ({
      statuses,
      problems: NO_PROBLEMS,
      hasRun: true,
      paused,
      takesPart,
      editable: false,
      viewed,
      scopes: { ...NO_SCOPES, parents },
      drop,
    }),
    [statuses, paused, takesPart, viewed, parents, drop],
  )
  return (
    <CanvasContext value={context}>
      <div className={`canvas tool-pan${nodes.length <= 50 ? " lively" : ""}`}>
        <LodFlow
          handle={ref}
          nodes={nodes}
          edges={edges}
          statuses={statuses}
          nodesDraggable={false}
          nodesConnectable={false}
          elementsSelectable={false}
          onNodeClick={(_, node) => onSelect(node.id)}
          onPaneClick={() => onSelect(null)}
        >
          <DotGrid />
        </LodFlow>
      </div>
    </CanvasContext>
  )
}
