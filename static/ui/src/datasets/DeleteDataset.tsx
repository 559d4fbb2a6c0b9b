import type { Dataset } from "../api/types"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { plural } from "../shared/format"
import { toast } from "../shared/toast"
import { deleteDataset, useRefreshDatasets } from "./api"

interface Props {
  dataset: Dataset
  onClose: () => void
  onDeleted: () => void
}

export function DeleteDataset({ dataset, onClose, onDeleted }: Props) {
  const refresh = useRefreshDatasets()
  return (
    <ConfirmDialog
      title={`Delete “${dataset.name}”`}
      action="Delete"
      onClose={onClose}
      onConfirm={async () => {
        await deleteDataset(dataset.id)
        toast(`“${dataset.name}” is deleted.`, { icon: "trash" })
        void refresh()
        onDeleted()
      }}
    >
      <p>
        {plural(dataset.rows, "row")} go for good. Workflows that read “{dataset.name}” fail at that node
        until a dataset of this name is there again.
      </p>
    </ConfirmDialog>
  )
}
