import "./layers.css"
import "./mantine"
import "@fontsource-variable/inter/wght.css"
import "@fontsource-variable/jetbrains-mono/wght.css"
import "../../../accounts/static/accounts/tokens.css"
import "./shared/styles/base.css"
import "./shared/styles/controls.css"
import "./shared/styles/states.css"
import "./shared/styles/surfaces.css"
import "./shared/styles/overlays.css"
import "./shared/styles/lists.css"
import "./shared/styles/ports.css"
import { MantineProvider } from "@mantine/core"
import { QueryClientProvider } from "@tanstack/react-query"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { queryClient } from "./api/query"
import { App } from "./App"
import { isDark, useTheme } from "./shared/hooks/useTheme"
import { Toasts } from "./shared/Toasts"
import { styleNonce, theme, tokens } from "./theme"

function Root() {
  const chosen = useTheme((state) => state.theme)
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={tokens}
      getStyleNonce={styleNonce}
      forceColorScheme={isDark(chosen) ? "dark" : "light"}
    >
      <QueryClientProvider client={queryClient}>
        <App />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  )
}

const root = document.getElementById("root")
if (!root) throw new Error("The page has no element with the id root.")
createRoot(root).render(
  <StrictMode>
    <Root />
  </StrictMode>,
)
