import { Tooltip } from "@mantine/core"
import type { ReactElement, ReactNode } from "react"
import { OVERLAY_HOME } from "./overlays"

interface Props {
  label: ReactNode
  children: ReactElement
  side?: "top" | "bottom" | "left" | "right"
}

/** A short explanation on hover and focus. Without a label the child stands alone. */
export function Tip({ label, children, side = "bottom" }: Props) {
  if (!label) return children
  return (
    <Tooltip
      label={label}
      position={side}
      openDelay={350}
      events={{ hover: true, focus: true, touch: false }}
      classNames={{ tooltip: "tip" }}
      withinPortal
      portalProps={OVERLAY_HOME}
    >
      {children}
    </Tooltip>
  )
}
