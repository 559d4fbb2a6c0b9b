/** Finding node types by what people call them. Pure. */
import type { NodeType } from "../api/types"

const GROUPS: [string, string][] = [
  ["flow", "Flow"],
  ["data", "Data"],
  ["code", "Code"],
  ["ai", "AI"],
  ["action", "Actions"],
  ["govern", "Govern"],
]

/** Words people look for that stand in no name. */
const ALSO: Record<string, string> = {
  SwitchNode: "if condition branch route case",
  MergeNode: "join combine union",
  TransformNode: "map filter expression select",
  PythonCodeNode: "script function code",
  HTTPRequestNode: "api fetch get post url web rest",
  DatasetReadNode: "csv json parquet file table load input",
  DatasetWriteNode: "csv json parquet file table save output store",
  BatchProcessorNode: "bulk chunk large stream parallel records",
  WaitNode: "delay sleep timer pause",
  SQLQueryNode: "database postgres postgresql sqlite select table",
  EmailNode: "mail message smtp send notify",
  WebhookCallNode: "post notify hook signed callback",
}

/** Every word must start a word of the name, or be part of the description. Best first. */
export function matching(types: readonly NodeType[], search: string): NodeType[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return [...types]
  const scored = types.flatMap((type) => {
    const scores = words.map((word) => score(type, word))
    return scores.includes(0) ? [] : [{ type, score: Math.min(...scores) }]
  })
  return scored.sort((a, b) => b.score - a.score).map((item) => item.type)
}

function score(type: NodeType, word: string): number {
  const label = type.label.toLowerCase()
  if (label.startsWith(word)) return 4
  if (label.split(/\W+/).some((part) => part.startsWith(word))) return 3
  if (`${type.type} ${ALSO[type.type] ?? ""}`.toLowerCase().includes(word)) return 2
  return type.description.toLowerCase().includes(word) ? 1 : 0
}

export interface TypeGroup {
  label: string
  types: NodeType[]
}

/** By category, in the order of the library; unknown categories last. */
export function groupTypes(types: readonly NodeType[]): TypeGroup[] {
  const known = new Set(GROUPS.map(([category]) => category))
  const groups = GROUPS.map(([category, label]) => ({
    label,
    types: types.filter((type) => type.category === category),
  }))
  groups.push({ label: "Other", types: types.filter((type) => !known.has(type.category)) })
  return groups.filter((group) => group.types.length > 0)
}
