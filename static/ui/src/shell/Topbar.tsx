import type { ReactNode } from "react"
import { IconButton } from "../shared/Button"
import { isDark, useTheme } from "../shared/hooks/useTheme"
import "./Topbar.css"

interface Props {
  /** Where one is (`Crumbs`), and what stands right behind it. */
  children: ReactNode
  /** The page's own actions, at the right end before the tools. */
  actions?: ReactNode
}

/** The bar on top of every page. */
export function Topbar({ children, actions }: Props) {
  const { theme, setTheme } = useTheme()
  const dark = isDark(theme)
  return (
    <header className="topbar">
      {children}
      <div className="topbar-actions">
        {actions}
        <IconButton
          variant="ghost"
          label={dark ? "Light theme" : "Dark theme"}
          icon={dark ? "sun" : "moon"}
          onClick={() => setTheme(dark ? "light" : "dark")}
        />
      </div>
    </header>
  )
}
