import { ago, plural } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable, NameCell } from "../shared/ListTable"
import { MomentCell } from "../shared/MomentCell"
import { lineagePath } from "./place"
import type { DatasetItem } from "./types"
import { glyphOfKind } from "./words"

const COLUMNS = ["Dataset", "Kind", "Columns", "Classification", "Last run", "When"]

/** What runs read and wrote: each opens its graph. */
export function DatasetTable({ datasets }: { datasets: readonly DatasetItem[] }) {
  const now = useNow(30_000)
  return (
    <ListTable label="Datasets" columns={COLUMNS}>
      {datasets.map((item) => (
        <tr key={item.id}>
          <NameCell
            name={item.name}
            about={item.namespace}
            href={lineagePath({ dataset: item.id })}
            isOn={false}
            tile={{ icon: glyphOfKind(item.kind), look: "is-data" }}
          />
          <td className="muted">{item.kind}</td>
          <td className="muted">{plural(item.columns.length, "column")}</td>
          <td className="muted">{item.classification}</td>
          <td className="muted">{item.last_run ? `Run ${item.last_run.number}` : "–"}</td>
          <MomentCell at={item.last_at} words={(at) => ago(at, now)} />
        </tr>
      ))}
    </ListTable>
  )
}
