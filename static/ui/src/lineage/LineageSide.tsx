import { EmptyState } from "../shared/EmptyState"
import { ColumnPane } from "./ColumnPane"
import { NodePane } from "./NodePane"
import type { LineagePlace } from "./place"
import type { At } from "./trace"
import type { LineageGraph } from "./types"

interface Props {
  graph: LineageGraph | undefined
  chosen: At | null
  focus: Pick<LineagePlace, "dataset" | "column">
  onChoose: (at: At) => void
  onFocus: (at: At) => void
  onClose: () => void
}

/** What is chosen of the graph: a column, or a card. */
export function LineageSide({ graph, chosen, focus, onChoose, onFocus, onClose }: Props) {
  const node = graph?.nodes.find(({ id }) => id === chosen?.node)
  return (
    <aside className="lin-side scroll" aria-label="Chosen" tabIndex={-1}>
      {graph && chosen && node ? (
        chosen.column === null ? (
          <NodePane
            key={node.id}
            graph={graph}
            node={node}
            isFocus={focus.dataset === node.id && focus.column === null}
            onChoose={onChoose}
            onFocus={() => onFocus(chosen)}
          />
        ) : (
          <ColumnPane
            key={`${node.id} ${chosen.column}`}
            node={node}
            column={chosen.column}
            isFocus={focus.dataset === node.id && focus.column === chosen.column}
            onChoose={onChoose}
            onFocus={() => onFocus(chosen)}
            onClose={onClose}
          />
        )
      ) : (
        graph && (
          <EmptyState icon="lineage" title="Nothing is chosen">
            Choose a column to see how it is made, who saw it and what depends on it.
          </EmptyState>
        )
      )}
    </aside>
  )
}
