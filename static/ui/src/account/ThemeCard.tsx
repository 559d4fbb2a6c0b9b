import { Segmented } from "../shared/Segmented"
import { THEMES, useTheme } from "../shared/hooks/useTheme"
import { THEME_LABELS } from "../shell/themes"

const OPTIONS = THEMES.map((value) => ({ value, label: THEME_LABELS[value] }))

/** Light, dark, high contrast, or what the system says; kept in this browser. */
export function ThemeCard() {
  const { theme, setTheme } = useTheme()
  return (
    <section className="card" aria-labelledby="theme-title">
      <header>
        <h2 id="theme-title">Theme</h2>
        <span className="xs subtle end">in this browser</span>
      </header>
      <div className="body">
        <Segmented label="Theme" options={OPTIONS} value={theme} onChange={setTheme} />
      </div>
    </section>
  )
}
