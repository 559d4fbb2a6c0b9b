import type { Workflow } from "../api/types"
import type { MenuItem } from "../shared/Menu"

export type WorkflowIntent =
  "open" | "run" | "rename" | "operations" | "duplicate" | "export" | "script" | "delete"

/** What the menu of a row offers this person. What they may never do here is not drawn. */
export function rowActions(
  workflow: Workflow,
  mayCreate: boolean,
  onIntent: (intent: WorkflowIntent, workflow: Workflow) => void,
): readonly MenuItem[] {
  const may = (action: string) => workflow.can.includes(action)
  const runs =
    workflow.published_version === null ? "Run the draft" : `Run version ${workflow.published_version}`
  const all: (MenuItem & { shown: boolean })[] = [
    { shown: true, label: "Open", icon: "external", onSelect: () => onIntent("open", workflow) },
    { shown: may("workflow.run"), label: runs, icon: "play", onSelect: () => onIntent("run", workflow) },
    {
      shown: may("workflow.edit"),
      label: "Name and description",
      icon: "note",
      onSelect: () => onIntent("rename", workflow),
    },
    {
      shown: true,
      label: "Storage and limits",
      icon: "db",
      onSelect: () => onIntent("operations", workflow),
    },
    { shown: mayCreate, label: "Duplicate", icon: "copy", onSelect: () => onIntent("duplicate", workflow) },
    { shown: true, label: "Export JSON", icon: "download", onSelect: () => onIntent("export", workflow) },
    { shown: true, label: "Export Python", icon: "code", onSelect: () => onIntent("script", workflow) },
    {
      shown: may("workflow.delete"),
      label: "Delete",
      icon: "trash",
      danger: true,
      separate: true,
      onSelect: () => onIntent("delete", workflow),
    },
  ]
  return all.filter((item) => item.shown).map(({ shown: _, ...item }) => item)
}
