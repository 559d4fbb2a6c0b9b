import type { NodeDocument } from "../api/types"
import { ScrollArea } from "../shared/ScrollArea"
import { PythonCode } from "../shared/code/PythonCode"
import { JsonTree } from "../shared/data/JsonTree"
import type { Json } from "../shared/data/tableModel"
import "./ConfigView.css"

interface Props {
  node: NodeDocument
  /** The line of the code that failed. */
  errorLine: number | null
}

/** How the node was set up in this run: its code with line numbers, the other settings, its options. */
export function ConfigView({ node, errorLine }: Props) {
  const { code, ...rest } = node.config ?? {}
  const options = Object.entries(node.options ?? {}).filter(([name, value]) => !isDefault(name, value))
  const settings = { ...rest, ...(options.length > 0 ? { options: Object.fromEntries(options) } : {}) }
  const empty = Object.keys(settings).length === 0
  return (
    <ScrollArea label="Settings in this run" className="config">
      {node.notes && <p className="side-note">{node.notes}</p>}
      {typeof code === "string" && <PythonCode code={code} badLine={errorLine} />}
      {!empty && <JsonTree value={settings as Json} />}
      {empty && typeof code !== "string" && <p className="side-note">This node has no settings.</p>}
    </ScrollArea>
  )
}

/** What holds for every node anyway is not listed. */
function isDefault(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return true
  return (name === "on_error" && value === "fail") || (name === "join" && value === "any")
}
