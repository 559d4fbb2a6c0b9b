import { useQuery } from "@tanstack/react-query"
import { ReactFlowProvider } from "@xyflow/react"
import { useEffect, useMemo, useRef } from "react"
import { useSearch } from "wouter"
import { useAccessVersion } from "../api/access"
import { useCan } from "../api/me"
import { ApiProblem } from "../api/problem"
import { nodeTypesQuery } from "../api/nodeTypes"
import type { Draft, NodeType, Workflow } from "../api/types"
import { useViewer } from "../api/viewing"
import { ViewAsScope } from "../viewas/ViewAsScope"
import { LoadError } from "../shell/LoadError"
import { NotFound } from "../shell/NotFoundPage"
import { readDraft, readRun, readWorkflow } from "./api"
import { EditorSession } from "./EditorSession"
import { EditorSkeleton } from "./EditorSkeleton"
import { EditorView } from "./EditorView"
import { SessionContext } from "./SessionContext"
import { workflowTriggers } from "../triggers/workflowTriggers"

type NodeTypes = ReadonlyMap<string, NodeType>

/** The address /workflows/{id}: reads the workflow, its draft and the node types, then opens the editor. */
export default function EditorPage({ id }: { id: string }) {
  return (
    <ViewAsScope about={{ workflow: id }}>
      <Reading id={id} />
    </ViewAsScope>
  )
}

function Reading({ id }: { id: string }) {
  const workflow = useQuery({ queryKey: ["workflow", id], queryFn: () => readWorkflow(id) })
  // Read once: from then on the editor holds the draft, and saving tells when another one is newer.
  const draft = useQuery({
    queryKey: ["draft", id],
    queryFn: () => readDraft(id),
    staleTime: Infinity,
    gcTime: 0,
  })
  const types = useQuery(nodeTypesQuery)
  const triggers = useQuery(workflowTriggers(id)) // only an extra: without them the editor opens too
  const failed = workflow.error ?? draft.error ?? types.error
  if (workflow.data && draft.data && types.data && !triggers.isPending) {
    return <Open key={id} workflow={workflow.data} draft={draft.data} types={types.data} />
  }
  if (failed instanceof ApiProblem && failed.status === 404) return <NotFound what="workflow" />
  if (failed) {
    const again = () => void Promise.all([workflow.refetch(), draft.refetch(), types.refetch()])
    return <LoadError what="the workflow" error={failed} onRetry={again} />
  }
  return <EditorSkeleton />
}

function Open({ workflow, draft, types }: { workflow: Workflow; draft: Draft; types: NodeTypes }) {
  const viewer = useViewer()
  const editable = workflow.can.includes("workflow.edit") && viewer === null
  const mayView = useCan("run.view")
  // A session lives as long as the page: later reads of the same workflow don't replace it.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const session = useMemo(() => new EditorSession(workflow.id, draft, types, editable, viewer !== null), [])
  useEffect(() => session.open(draft), [session, draft])

  const wanted = new URLSearchParams(useSearch()).get("trigger")
  useEffect(() => {
    if (wanted) session.ui.setState({ trigger: wanted, inspectorOpen: true })
  }, [session, wanted])

  const lastRun = workflow.last_runs[0]?.id
  useEffect(() => {
    if (!lastRun || !mayView) return
    let left = false
    const isFree = () => !left && session.live.store.getState().shown === null
    readRun(lastRun).then(
      (run) => isFree() && session.live.show(run),
      () => undefined, // the last run is only an extra
    )
    return () => {
      left = true
    }
    // only the run that was the last one when the page opened
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [session, mayView])

  const version = useAccessVersion()
  const before = useRef(version)
  useEffect(() => {
    if (before.current !== undefined && before.current !== version) void session.live.reread()
    before.current = version
  }, [session, version])

  return (
    <SessionContext value={session}>
      <ReactFlowProvider>
        <EditorView workflow={workflow} />
      </ReactFlowProvider>
    </SessionContext>
  )
}
