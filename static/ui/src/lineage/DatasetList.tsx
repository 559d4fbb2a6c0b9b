import { Link } from "wouter"
import { LoadError } from "../shell/LoadError"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { ListFoot } from "../shared/ListFoot"
import { SearchInput } from "../shared/SearchInput"
import { SkeletonRows } from "../shared/Skeleton"
import { useDatasets } from "./api"
import { DatasetTable } from "./DatasetTable"

interface Props {
  search: string
  onSearch: (text: string) => void
}

/** Where one begins: all that runs of the workspace read and wrote. */
export function DatasetList({ search, onSearch }: Props) {
  const list = useDatasets(search)
  const datasets = list.data?.pages.flatMap((page) => page.results) ?? []
  return (
    <div className="page">
      <div className="pad">
        <div className="list-head">
          <SearchInput label="Dataset or column" value={search} onChange={onSearch} />
        </div>
        {list.isPending && <SkeletonRows />}
        {list.isError && datasets.length === 0 && (
          <LoadError what="the lineage" error={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.isSuccess && datasets.length === 0 && <None search={search} onSearch={onSearch} />}
        {datasets.length > 0 && (
          <>
            <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
              <DatasetTable datasets={datasets} />
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
  )
}

function None({ search, onSearch }: Props) {
  if (search)
    return (
      <EmptyState
        icon="filter"
        title="No dataset fits"
        action={<Button onClick={() => onSearch("")}>Clear the search</Button>}
      >
        Names of datasets and of their columns are searched.
      </EmptyState>
    )
  return (
    <EmptyState
      icon="lineage"
      title="No lineage yet"
      action={
        <Link className="btn" href="/workflows">
          Open a workflow
        </Link>
      }
    >
      Once a run of a workflow that you may see has read or written data, what came from what stands here.
    </EmptyState>
  )
}
