import { Link } from "wouter"
import type { Dataset } from "../api/types"
import { Badge } from "../shared/Badge"
import { IconButton } from "../shared/Button"
import { ago, bytes, count, moment } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { Menu } from "../shared/Menu"
import { moveAmongRows } from "../shared/rowKeys"
import { downloadUrl } from "./api"

interface Props {
  datasets: readonly Dataset[]
  selected: string | null
  hrefOf: (id: string) => string
  onDelete: (dataset: Dataset) => void
}

export function DatasetTable({ datasets, selected, hrefOf, onDelete }: Props) {
  const now = useNow(30_000)
  return (
    <table className="list" aria-label="Datasets">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Format</th>
          <th scope="col" className="num">
            Rows
          </th>
          <th scope="col" className="num ds-wide">
            Columns
          </th>
          <th scope="col" className="num ds-wide">
            Size
          </th>
          <th scope="col" className="ds-wide">
            Changed
          </th>
          <th scope="col">
            <span className="sr">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {datasets.map((dataset) => (
          <tr key={dataset.id} className={dataset.id === selected ? "is-on" : ""}>
            <td>
              <span className="row g3">
                <span className="tile lg is-data">
                  <Icon name="table" />
                </span>
                <span className="ds-name">
                  <Link
                    className="title cut row-link"
                    href={hrefOf(dataset.id)}
                    aria-current={dataset.id === selected || undefined}
                    onKeyDown={moveAmongRows}
                  >
                    {dataset.name}
                  </Link>
                  <span className="xs subtle cut">
                    {dataset.columns.map((column) => column.name).join(", ")}
                  </span>
                </span>
              </span>
            </td>
            <td>
              <Badge>{dataset.format}</Badge>
            </td>
            <td className="num">{count(dataset.rows)}</td>
            <td className="num ds-wide">{count(dataset.columns.length)}</td>
            <td className="num ds-wide">{bytes(dataset.bytes)}</td>
            <td className="muted ds-wide" title={moment(dataset.updated_at)}>
              {ago(dataset.updated_at, now)}
            </td>
            <td className="row-actions over-link">
              <span className="row">
                <Menu items={actionsOf(dataset, onDelete)}>
                  <IconButton label={`More for ${dataset.name}`} icon="more" size="sm" variant="ghost" />
                </Menu>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
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
