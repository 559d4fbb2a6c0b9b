import type { NodeDocument } from "../api/types"

interface Props {
  node: NodeDocument
  line: number
}

/** The author's line that an error points at. */
export function CodeLine({ node, line }: Props) {
  const code = node.config?.code
  const text = typeof code === "string" ? code.split("\n")[line - 1]?.trim() : undefined
  return (
    <code className="code code-line">
      <span>line {line}</span>
      {text}
    </code>
  )
}
