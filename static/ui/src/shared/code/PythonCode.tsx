import { useMemo } from "react"
import { pythonLines } from "./pythonTokens"

interface Props {
  code: string
  /** The line that went wrong, from 1. */
  badLine?: number | null
}

/** A program to read: numbered lines, lightly coloured. */
export function PythonCode({ code, badLine }: Props) {
  const lines = useMemo(() => pythonLines(code), [code])
  return (
    <ol className="code python" aria-label="Code">
      {lines.map((tokens, index) => (
        <li key={index} className={index + 1 === badLine ? "is-bad" : ""}>
          <span className="ln">{index + 1}</span>
          {tokens.map(({ kind, text }, at) =>
            kind === null ? (
              text
            ) : (
              <span key={at} className={kind}>
                {text}
              </span>
            ),
          )}
        </li>
      ))}
    </ol>
  )
}
