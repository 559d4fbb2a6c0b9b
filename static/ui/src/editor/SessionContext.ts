import { createContext, useContext, useState } from "react"
import { useStore } from "zustand"
import { isSameMap, parentsOf, type Parents } from "../canvas/scopes"
import type { EditorSession, EditorUi } from "./EditorSession"
import type { ShownRun } from "./LiveRun"
import type { EditorState } from "./store"

export const SessionContext = createContext<EditorSession | null>(null)

export function useSession(): EditorSession {
  const session = useContext(SessionContext)
  if (!session) throw new Error("The editor's parts need an open workflow around them.")
  return session
}

export const useEditor = <T>(select: (state: EditorState) => T): T =>
  useStore(useSession().editor.store, select)

export const useUi = <T>(select: (state: EditorUi) => T): T => useStore(useSession().ui, select)

export const useShownRun = (): ShownRun | null => useStore(useSession().live.store, (state) => state.shown)

/** Which steps lie in which frames; the same object while that stays so. */
export function useParents(): Parents {
  const parents = useEditor((state) => parentsOf(state.graph.nodes))
  const [kept, keep] = useState(parents)
  if (kept === parents || isSameMap(kept, parents)) return kept
  keep(parents)
  return parents
}

/** The one step that is selected; undefined for none and for several. */
export function useSelectedNode() {
  return useEditor(({ graph, selection }) => {
    if (selection.nodes.size !== 1) return undefined
    const [id] = selection.nodes
    return graph.nodes.find((node) => node.id === id)
  })
}
