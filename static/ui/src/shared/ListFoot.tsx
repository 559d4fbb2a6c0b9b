import type { ReactNode } from "react"
import { Button } from "./Button"
import "./ListFoot.css"

interface Props {
  children: ReactNode
  /** There are more behind these. */
  more: boolean
  loading: boolean
  onMore: () => void
}

/** Under a list: how many there are, and the button for the next ones. */
export function ListFoot({ children, more, loading, onMore }: Props) {
  return (
    <div className="list-foot">
      <span>{children}</span>
      {more && (
        <Button size="sm" busy={loading} onClick={onMore}>
          Show older
        </Button>
      )}
    </div>
  )
}
