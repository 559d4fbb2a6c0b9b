import type { Dataset } from "../api/types"
import { Badge } from "../shared/Badge"
import { IconButton } from "../shared/Button"
import { ago, bytes, count } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable, NameCell } from "../shared/ListTable"
import { Menu } from "../shared/Menu"
import { MomentCell } from "../shared/MomentCell"
import { downloadUrl } from "./api"

interface Props {
  datasets: readonly Dataset[]
  selected: string | null
  hrefOf: (id: string) => string
  onDelete: (dataset: Dataset) => void
}

const COLUMNS = [
  "Name",
  "Format",
  { label: "Rows", look: "num" },
  { label: "Columns", look: "num wide-only" },
  { label: "Size", look: "num wide-only" },
  { label: "Changed", look: "wide-only" },
  { label: <span className="sr">Actions</span> },
]

export function DatasetTable({ datasets, selected, hrefOf, onDelete }: Props) {
  const now = useNow(30_000)
  return (
    <ListTable label="Datasets" columns={COLUMNS}>
      {datasets.map((dataset) => (
        <tr key={dataset.id} className={dataset.id === selected ? "is-on" : ""}>
          <NameCell
            name={dataset.name}
            about={dataset.columns.map((column) => column.name).join(", ")}
            href={hrefOf(dataset.id)}
            isOn={dataset.id === selected}
            tile={{ icon: "table", look: "is-data" }}
          />
          <td>
            <Badge>{dataset.format}</Badge>
          </td>
          <td className="num">{count(dataset.rows)}</td>
          <td className="num wide-only">{count(dataset.columns.length)}</td>
          <td className="num wide-only">{bytes(dataset.bytes)}</td>
          <MomentCell at={dataset.updated_at} words={(at) => ago(at, now)} wideOnly />
          <td className="row-actions over-link">
            <span className="row">
              <Menu items={actionsOf(dataset, onDelete)}>
                <IconButton label={`More for ${dataset.name}`} icon="more" size="sm" variant="ghost" />
              </Menu>
            </span>
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

function actionsOf(dataset: Dataset, onDelete: (dataset: Dataset) => void) {
  const download = {
    label: "Download",
    icon: "download" as const,
    onSelect: () => location.assign(downloadUrl(dataset.id)),
  }
  if (!dataset.can.includes("dataset.delete")) return [download]
  const remove = {
    label: "Delete",
    icon: "trash" as const,
    danger: true,
    separate: true,
    onSelect: () => onDelete(dataset),
  }
  return [download, remove]
}
