import type { ReactNode } from "react"
import { Icon } from "./icons/Icon"
import type { GlyphName } from "./icons/glyphs"

interface Props {
  kind?: "info" | "accent" | "warn" | "bad" | "ok"
  icon?: GlyphName
  children: ReactNode
}

const ICONS: Record<NonNullable<Props["kind"]>, GlyphName> = {
  info: "info",
  accent: "info",
  warn: "warn",
  bad: "warn",
  ok: "check",
}

/** A remark in its place; a bad one is announced. */
export function Note({ kind = "info", icon, children }: Props) {
  return (
    <div className={`note ${kind}`} role={kind === "bad" ? "alert" : undefined}>
      <span className="i">
        <Icon name={icon ?? ICONS[kind]} />
      </span>
      <div className="grow">{children}</div>
    </div>
  )
}
