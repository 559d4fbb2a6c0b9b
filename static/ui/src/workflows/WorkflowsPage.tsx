import { useState } from "react"
import { useLocation, useSearch } from "wouter"
import { useCan } from "../api/me"
import type { Workflow } from "../api/types"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { ListFoot } from "../shared/ListFoot"
import { SearchInput } from "../shared/SearchInput"
import { SkeletonRows } from "../shared/Skeleton"
import { useWorkflows } from "./api"
import type { WorkflowIntent } from "./rowActions"
import { useWorkflowIntents } from "./useWorkflowIntents"
import { WorkflowDialogs, type OpenDialog } from "./WorkflowDialogs"
import { WorkflowTable } from "./WorkflowTable"
import "./WorkflowsPage.css"

export default function WorkflowsPage() {
  const search = new URLSearchParams(useSearch()).get("search") ?? ""
  const [, navigate] = useLocation()
  const [dialog, setDialog] = useState<OpenDialog | null>(null)
  const mayCreate = useCan("workflow.create")
  const list = useWorkflows(search)
  const { busyId, act } = useWorkflowIntents(setDialog)
  const workflows = list.data?.pages.flatMap((page) => page.results) ?? []
  const setSearch = (text: string) =>
    navigate(text.trim() ? `/workflows?search=${encodeURIComponent(text.trim())}` : "/workflows", {
      replace: true,
    })
  const newWorkflow = () => setDialog({ kind: "new" })

  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Workflows" }]} />
      </Topbar>
      <div className="page">
        <div className="pad">
          <div className="list-head">
            <SearchInput label="Name or description" value={search} onChange={setSearch} />
            {mayCreate && (
              <div className="row">
                <Button icon="upload" onClick={() => setDialog({ kind: "import" })}>
                  Import
                </Button>
                <Button icon="template" onClick={() => navigate("/templates")}>
                  From template
                </Button>
                <Button variant="primary" icon="plus" onClick={newWorkflow}>
                  New workflow
                </Button>
              </div>
            )}
          </div>
          <WorkflowList
            list={list}
            workflows={workflows}
            search={search}
            mayCreate={mayCreate}
            busyId={busyId}
            onIntent={act}
            onClear={() => setSearch("")}
            onNew={newWorkflow}
            onTemplate={() => navigate("/templates")}
          />
        </div>
      </div>
      {dialog && <WorkflowDialogs dialog={dialog} onClose={() => setDialog(null)} />}
    </>
  )
}

interface ListProps {
  list: ReturnType<typeof useWorkflows>
  workflows: readonly Workflow[]
  search: string
  mayCreate: boolean
  busyId: string | null
  onIntent: (intent: WorkflowIntent, workflow: Workflow) => void
  onClear: () => void
  onNew: () => void
  onTemplate: () => void
}

function WorkflowList({
  list,
  workflows,
  search,
  mayCreate,
  busyId,
  onIntent,
  onClear,
  onNew,
  onTemplate,
}: ListProps) {
  if (list.isPending) return <SkeletonRows />
  if (list.isError && workflows.length === 0) {
    return <LoadError what="the workflows" error={list.error} onRetry={() => void list.refetch()} />
  }
  if (workflows.length === 0) {
    return search ? (
      <EmptyState
        icon="search"
        title={`Nothing is called “${search}”`}
        action={<Button onClick={onClear}>Clear the search</Button>}
      />
    ) : (
      <EmptyState
        icon="workflow"
        title="No workflows yet"
        action={
          mayCreate && (
            <>
              <Button variant="primary" icon="template" onClick={onTemplate}>
                Use a template
              </Button>
              <Button icon="plus" onClick={onNew}>
                New workflow
              </Button>
            </>
          )
        }
      >
        {mayCreate
          ? "Start from one that already runs on demo data, or from an empty canvas."
          : "An owner or editor of this workspace can add one."}
      </EmptyState>
    )
  }
  return (
    <>
      <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
        <WorkflowTable workflows={workflows} mayCreate={mayCreate} busyId={busyId} onIntent={onIntent} />
      </div>
      <ListFoot
        more={list.hasNextPage}
        loading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      >
        {list.hasNextPage
          ? `The first ${plural(workflows.length, "workflow")}`
          : plural(workflows.length, "workflow")}
      </ListFoot>
    </>
  )
}
