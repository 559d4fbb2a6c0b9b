import { useEffect, useMemo, useRef } from "react"
import { announce } from "../../shared/announce"
import type { Group } from "../model/condition"
import type { Located } from "../model/remarks"
import { move } from "../model/moves"
import type { Vocabulary } from "../model/vocabulary"
import { BuilderContext, type Builder, type EditedTree } from "./BuilderContext"
import { GroupView } from "./GroupView"
import { useDrag } from "./useDrag"
import "./ConditionTree.css"

interface Props {
  keeper: EditedTree
  root: Group
  words: Vocabulary
  readOnly: boolean
  remarks: Located["byPart"]
}

/** The condition of a rule as a tree: groups of comparisons, regrouped by mouse, keys or menu. */
export function ConditionTree({ keeper, root, words, readOnly, remarks }: Props) {
  const tree = useRef<HTMLDivElement>(null)
  const drag = useDrag(tree, (id, to) => {
    keeper.editTree((before) => move(before, id, to))
    announce("Moved.")
  })
  const { dragged, line } = drag
  const start = useRef(drag.start)
  useEffect(() => {
    start.current = drag.start
  })
  const builder = useMemo<Builder>(
    () => ({ keeper, words, readOnly, remarks, dragged, onDrag: (event, id) => start.current(event, id) }),
    [keeper, words, readOnly, remarks, dragged],
  )
  return (
    <BuilderContext value={builder}>
      <div ref={tree} className={dragged ? "cond-tree is-dragging" : "cond-tree"}>
        <GroupView group={root} isRoot />
        {line && <span className="cond-line" style={line} />}
      </div>
    </BuilderContext>
  )
}
