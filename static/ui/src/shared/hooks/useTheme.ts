import { create } from "zustand"

export const THEMES = ["system", "light", "dark", "contrast"] as const
export type Theme = (typeof THEMES)[number]

const YEAR_S = 365 * 24 * 3600

function current(): Theme {
  const named = document.documentElement.dataset.theme
  return THEMES.find((theme) => theme === named) ?? "system"
}

/** `system` follows the browser. The server reads the cookie, so that no page flashes in the other theme. */
export const useTheme = create<{ theme: Theme; setTheme: (theme: Theme) => void }>((set) => ({
  theme: current(),
  setTheme(theme) {
    if (theme === "system") delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
    const age = theme === "system" ? 0 : YEAR_S
    document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`
    set({ theme })
  },
}))

/** Whether the page is dark now, also when the system decided it. */
export function isDark(theme: Theme): boolean {
  if (theme === "system") return matchMedia("(prefers-color-scheme: dark)").matches
  return theme !== "light"
}
