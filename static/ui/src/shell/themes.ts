import type { GlyphName } from "../shared/icons/glyphs"
import type { Theme } from "../shared/hooks/useTheme"
import type { MenuItem } from "../shared/Menu"

export const THEME_LABELS: Readonly<Record<Theme, string>> = {
  system: "System",
  light: "Light",
  dark: "Dark",
  contrast: "Contrast",
}

const ICONS: Readonly<Record<Theme, GlyphName>> = {
  system: "settings",
  light: "sun",
  dark: "moon",
  contrast: "eye",
}

/** One menu item a theme; the one in use has the tick. */
export function themeItems(current: Theme, choose: (theme: Theme) => void): readonly MenuItem[] {
  return (Object.keys(THEME_LABELS) as Theme[]).map((theme, index) => ({
    label: `${THEME_LABELS[theme]} theme`,
    icon: theme === current ? "check" : ICONS[theme],
    separate: index === 0,
    onSelect: () => choose(theme),
  }))
}
