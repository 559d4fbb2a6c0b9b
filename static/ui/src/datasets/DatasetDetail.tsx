import { useState } from "react"
import type { Dataset } from "../api/types"
import { Opened } from "../shell/Opened"
import { Count } from "../shared/Badge"
import { IconButton } from "../shared/Button"
import { bytes, count, date, plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { Tabs } from "../shared/Tabs"
import { downloadUrl, useDataset } from "./api"
import { DatasetRowsView } from "./DatasetRowsView"

interface Props {
  id: string
  onClose: () => void
  onDelete: (dataset: Dataset) => void
}

/** A dataset beside the list: its rows and its columns. */
export function DatasetDetail({ id, onClose, onDelete }: Props) {
  const dataset = useDataset(id)
  return (
    <aside className="ds-detail" aria-label="Dataset">
      <Opened what="dataset" query={dataset} onClose={onClose}>
        {(found) => <Loaded dataset={found} onClose={onClose} onDelete={onDelete} />}
      </Opened>
    </aside>
  )
}

function Loaded({ dataset, onClose, onDelete }: { dataset: Dataset } & Omit<Props, "id">) {
  const [tab, setTab] = useState<"rows" | "columns">("rows")
  const by = dataset.created_by?.name || dataset.created_by?.email
  return (
    <>
      <header className="node-head">
        <span className="tile lg is-data">
          <Icon name="table" />
        </span>
        <div className="col grow">
          <h2 className="cut">{dataset.name}</h2>
          <span className="xs subtle cut">
            {[
              dataset.format,
              plural(dataset.rows, "row"),
              bytes(dataset.bytes),
              by && `from ${by}`,
              date(dataset.created_at),
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </div>
        <a className="btn" href={downloadUrl(dataset.id)} download>
          <Icon name="download" />
          Download
        </a>
        {dataset.can.includes("dataset.delete") && (
          <IconButton label="Delete" icon="trash" variant="danger" onClick={() => onDelete(dataset)} />
        )}
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <Tabs
        label={`About ${dataset.name}`}
        panel="dataset"
        value={tab}
        onChange={setTab}
        tabs={[
          { id: "rows", label: "Rows" },
          { id: "columns", label: <>Columns {<Count>{count(dataset.columns.length)}</Count>}</> },
        ]}
      />
      <div className="node-body" role="tabpanel" id={`dataset-${tab}`} aria-labelledby={`dataset-${tab}-tab`}>
        {tab === "rows" ? <DatasetRowsView dataset={dataset} /> : <Columns dataset={dataset} />}
      </div>
    </>
  )
}

function Columns({ dataset }: { dataset: Dataset }) {
  return (
    <div className="scroll">
      <table className="list dense" aria-label="Columns">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
          </tr>
        </thead>
        <tbody>
          {dataset.columns.map((column) => (
            <tr key={column.name}>
              <td className="mono">{column.name}</td>
              <td className="muted">{column.type}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
