import { Menu as Floating } from "@mantine/core"
import { Fragment, type ReactElement } from "react"
import { Icon } from "./icons/Icon"
import type { GlyphName } from "./icons/glyphs"
import "./Menu.css"
import { OVERLAY_HOME } from "./overlays"

export interface MenuItem {
  label: string
  icon?: GlyphName
  keys?: string
  danger?: boolean
  /** Why it can't be chosen now. */
  disabledReason?: string | null | false
  /** A line is drawn above. */
  separate?: boolean
  onSelect: () => void
}

interface Props {
  /** A function is asked when the menu opens. */
  items: readonly MenuItem[] | (() => readonly MenuItem[])
  /** The button that opens it. */
  children: ReactElement
  align?: "start" | "end"
  width?: number
}

export function Menu({ items, children, align = "end", width = 232 }: Props) {
  return (
    <Floating
      position={align === "end" ? "bottom-end" : "bottom-start"}
      offset={4}
      width={width}
      zIndex="var(--z-menu)"
      transitionProps={{ duration: 0 }}
      portalProps={OVERLAY_HOME}
      withInitialFocusPlaceholder={false}
      classNames={{ dropdown: "menu", item: "mi" }}
    >
      <Floating.Target>{children}</Floating.Target>
      <Floating.Dropdown>
        <Items items={items} />
      </Floating.Dropdown>
    </Floating>
  )
}

interface PointProps {
  label: string
  items: readonly MenuItem[]
  /** Where on the page it opens. */
  at: { x: number; y: number }
  onClose: () => void
}

/** Not by a key, as menus are that a button opens: the key that opens this one is still on its way. */
const PRESSES = ["mousedown", "touchstart"]

/** The first entry has the focus, so that arrows go on from there. */
function focusFirst(dropdown: HTMLElement | null): void {
  requestAnimationFrame(() => dropdown?.querySelector<HTMLElement>("[data-menu-item]")?.focus())
}

/** A menu at a place of the page instead of a button: a right click's. */
export function PointMenu({ label, items, at, onClose }: PointProps) {
  return (
    <Floating
      key={`${at.x} ${at.y}`}
      opened
      onClose={onClose}
      position="bottom-start"
      offset={0}
      width={264}
      zIndex="var(--z-menu)"
      transitionProps={{ duration: 0 }}
      portalProps={OVERLAY_HOME}
      withInitialFocusPlaceholder={false}
      trapFocus
      clickOutsideEvents={PRESSES}
      classNames={{ dropdown: "menu", item: "mi" }}
    >
      <Floating.Target>
        <span
          className="menu-point"
          role="button"
          tabIndex={-1}
          aria-label={label}
          style={{ left: at.x, top: at.y }}
        />
      </Floating.Target>
      <Floating.Dropdown
        ref={focusFirst}
        aria-label={label}
        onContextMenu={(event) => event.preventDefault()}
      >
        <Items items={items} />
      </Floating.Dropdown>
    </Floating>
  )
}

function Items({ items }: Pick<Props, "items">) {
  const listed = typeof items === "function" ? items() : items
  return listed.map((item) => (
    <Fragment key={item.label}>
      {item.separate && <Floating.Divider className="menu-line" />}
      <Floating.Item
        onClick={item.disabledReason ? undefined : item.onSelect}
        closeMenuOnClick={!item.disabledReason}
        aria-disabled={item.disabledReason ? true : undefined}
        className={item.danger ? "bad" : item.disabledReason ? "off" : undefined}
        leftSection={item.icon && <Icon name={item.icon} size={14} />}
        rightSection={item.keys && <kbd>{item.keys}</kbd>}
      >
        {item.label}
        {item.disabledReason && <small className="menu-why">{item.disabledReason}</small>}
      </Floating.Item>
    </Fragment>
  ))
}
