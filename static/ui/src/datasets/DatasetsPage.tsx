import { useState, type DragEvent } from "react"
import { useLocation, useSearch } from "wouter"
import { useCan } from "../api/me"
import type { Dataset } from "../api/types"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { ListFoot } from "../shared/ListFoot"
import { SearchInput } from "../shared/SearchInput"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { useDatasets, useRefreshDatasets } from "./api"
import { DatasetDetail } from "./DatasetDetail"
import { DatasetTable } from "./DatasetTable"
import { DeleteDataset } from "./DeleteDataset"
import { datasetsPath, readPlace } from "./place"
import { UploadButton } from "./UploadButton"
import { UploadList } from "./UploadList"
import { useUploads } from "./useUploads"
import "./DatasetsPage.css"

export default function DatasetsPage() {
  const place = readPlace(useSearch())
  const [, navigate] = useLocation()
  const go = (change: Partial<typeof place>) =>
    navigate(datasetsPath({ ...place, ...change }), { replace: true })
  const mayCreate = useCan("dataset.create")
  const list = useDatasets(place.search)
  const refresh = useRefreshDatasets()
  const [deleting, setDeleting] = useState<Dataset | null>(null)
  const [over, setOver] = useState(false)
  const limits = list.data?.pages[0]?.limits
  const { uploads, start, dismiss } = useUploads(limits, (id, file) => {
    void refresh()
    toast(`${file} is a dataset now.`, {
      action: { label: "Open", run: () => navigate(`/datasets?dataset=${id}`) },
    })
  })
  const datasets = list.data?.pages.flatMap((page) => page.results) ?? []
  const drag = (event: DragEvent, isOver: boolean) => {
    if (!mayCreate || !event.dataTransfer.types.includes("Files")) return
    event.preventDefault()
    setOver(isOver)
  }
  const drop = (event: DragEvent) => {
    drag(event, false)
    if (mayCreate) for (const file of event.dataTransfer.files) start(file)
  }
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Datasets" }]} />
      </Topbar>
      <div className={place.dataset ? "ds-work has-detail" : "ds-work"}>
        <div
          className={over ? "page ds-list is-over" : "page ds-list"}
          onDragOver={(event) => drag(event, true)}
          onDragLeave={(event) => drag(event, false)}
          onDrop={drop}
        >
          <div className="pad">
            <div className="list-head">
              <SearchInput
                label="Name"
                placeholder="Search by name"
                value={place.search}
                onChange={(search) => go({ search })}
              />
              {mayCreate && <UploadButton limits={limits} onFile={start} />}
            </div>
            <UploadList uploads={uploads} onDismiss={dismiss} />
            {list.isPending && <SkeletonRows />}
            {list.isError && datasets.length === 0 && (
              <LoadError what="the datasets" error={list.error} onRetry={() => void list.refetch()} />
            )}
            {list.isSuccess && datasets.length === 0 && (
              <NoDatasets search={place.search} mayCreate={mayCreate} onClear={() => go({ search: "" })} />
            )}
            {datasets.length > 0 && (
              <>
                <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
                  <DatasetTable
                    datasets={datasets}
                    selected={place.dataset}
                    hrefOf={(id) => datasetsPath({ ...place, dataset: id })}
                    onDelete={setDeleting}
                  />
                </div>
                <ListFoot
                  more={list.hasNextPage}
                  loading={list.isFetchingNextPage}
                  onMore={() => void list.fetchNextPage()}
                >
                  {plural(datasets.length, "dataset")}
                </ListFoot>
              </>
            )}
          </div>
        </div>
        {place.dataset && (
          <DatasetDetail
            key={place.dataset}
            id={place.dataset}
            onClose={() => go({ dataset: null })}
            onDelete={setDeleting}
          />
        )}
      </div>
      {deleting && (
        <DeleteDataset
          dataset={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={() => {
            setDeleting(null)
            if (place.dataset === deleting.id) go({ dataset: null })
          }}
        />
      )}
    </>
  )
}

function NoDatasets({
  search,
  mayCreate,
  onClear,
}: {
  search: string
  mayCreate: boolean
  onClear: () => void
}) {
  if (search) {
    return (
      <EmptyState
        icon="search"
        title={`No dataset is called “${search}”`}
        action={<Button onClick={onClear}>Clear the search</Button>}
      />
    )
  }
  return (
    <EmptyState icon="table" title="No datasets yet">
      {mayCreate
        ? "Drop a CSV, JSON or Parquet file here. Workflows read it by its name."
        : "An owner, editor or analyst of this workspace can upload one."}
    </EmptyState>
  )
}
