/** The tokens' colours as a 2D canvas needs them: resolved. Read again when the theme changes. */
import { NODE_STATUSES, type Status } from "../shared/status"

export interface Palette {
  wire: string
  card: string
  /** The ground of a frame. */
  frame: string
  line: string
  text: string
  selection: string
  /** Boxes by state, and without one. */
  solid: Record<Status | "none", string>
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(name).trim() || "gray"
  const solid = Object.fromEntries(NODE_STATUSES.map((status) => [status, token(`--${status}-solid`)]))
  return {
    wire: token("--wire"),
    card: token("--bg-raised"),
    frame: token("--bg-sunken"),
    line: token("--line-strong"),
    text: token("--fg"),
    selection: token("--accent"),
    solid: {
      ...(solid as Record<Status, string>),
      skipped: token("--skipped-line"),
      pending: token("--pending-line"),
      none: token("--pending-line"),
    },
  }
}
