import { GLYPHS, type GlyphName } from "./glyphs"
import { Icon } from "./Icon"

/** Names that node types use for a glyph of ours. */
const ALIASES: Record<string, GlyphName> = {
  python: "code",
  approval: "usercheck",
  http: "globe",
  switch: "branch",
  wait: "timer",
  dataset: "table",
  read: "table",
  mask: "eyeoff",
  write: "db",
  database: "db",
}

export function glyphFor(icon: string): GlyphName {
  if (icon in GLYPHS) return icon as GlyphName
  return ALIASES[icon] ?? "workflow"
}

interface Props {
  icon: string
  category: string
  size?: "md" | "lg"
}

/** A node type's mark: its icon on a tile in the colour of its category. */
export function NodeTile({ icon, category, size = "md" }: Props) {
  return (
    <span className={`tile is-${category}${size === "lg" ? " lg" : ""}`}>
      <Icon name={glyphFor(icon)} size={size === "lg" ? 16 : 14} />
    </span>
  )
}
