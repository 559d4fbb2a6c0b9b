import { memo } from "react"
import type { LogEntry } from "../api/types"
import { clockExact } from "../shared/format"

interface Props {
  lines: readonly LogEntry[]
  /** Names the node in front of each line; null where all are of one node. */
  titleIn: ((node: string) => string) | null
}

const SHORT: Readonly<Record<string, string>> = { warning: "warn", stream: "text" }

export function LogLines({ lines, titleIn }: Props) {
  return (
    <ol className={titleIn ? "log-lines has-nodes" : "log-lines"}>
      {lines.map((line) => (
        <Line key={line.pos} line={line} title={titleIn && line.node ? titleIn(line.node) : null} />
      ))}
    </ol>
  )
}

const Line = memo(function Line({ line, title }: { line: LogEntry; title: string | null }) {
  const level = SHORT[line.level] ?? line.level
  return (
    <li className={`is-${level}`}>
      <time dateTime={line.at}>{clockExact(line.at)}</time>
      <span className="log-level">{level}</span>
      {title !== null && (
        <span className="log-node" title={title}>
          {title}
        </span>
      )}
      <span className="log-text" title={line.text.length > 30 ? line.text : undefined}>
        {line.text}
      </span>
    </li>
  )
})
