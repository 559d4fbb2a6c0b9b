import type { Status } from "../status"
import { STATE_GLYPHS } from "./stateGlyphs"

interface Props {
  status: Status
  size?: number
}

/** The silhouette of a state, in the colour of the text around it. */
export function StateIcon({ status, size = 14 }: Props) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      {STATE_GLYPHS[status]}
    </svg>
  )
}
