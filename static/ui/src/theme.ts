import { createTheme, type CSSVariablesResolver } from "@mantine/core"

/** Mantine draws menus, dialogs and tips; here it learns our tokens. */
export const theme = createTheme({
  fontFamily: "var(--font-ui)",
  fontFamilyMonospace: "var(--font-mono)",
  primaryColor: "indigo",
  defaultRadius: "var(--r-sm)",
  respectReducedMotion: true,
  cursorType: "pointer",
})

export const tokens: CSSVariablesResolver = () => ({
  variables: {
    "--mantine-font-size-sm": "var(--text-md)",
    "--mantine-line-height": "var(--lh-md)",
    "--mantine-color-body": "var(--bg-surface)",
    "--mantine-color-text": "var(--fg)",
    "--mantine-color-default-border": "var(--line)",
    "--mantine-primary-color-filled": "var(--accent)",
  },
  light: {},
  dark: {},
})

/** Style elements that libraries add at run time carry the page's nonce. */
export function styleNonce(): string {
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? ""
}
