import { GLYPHS, type GlyphName } from "./glyphs"

interface Props {
  name: GlyphName
  size?: number
}

/** A decorative line icon. Give the control around it the label. */
export function Icon({ name, size = 16 }: Props) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      {GLYPHS[name]}
    </svg>
  )
}
