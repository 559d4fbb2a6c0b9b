import type { GlyphName } from "../shared/icons/glyphs"

export interface NavItem {
  readonly path: string
  readonly label: string
  readonly icon: GlyphName
}

export interface NavGroup {
  readonly title: string | null
  readonly items: readonly NavItem[]
}

/** The screens of the product, as the rail lists them. */
export const NAVIGATION: readonly NavGroup[] = [
  {
    title: null,
    items: [
      { path: "/workflows", label: "Workflows", icon: "workflow" },
      { path: "/runs", label: "Runs", icon: "runs" },
    ],
  },
  { title: "Data", items: [{ path: "/datasets", label: "Datasets", icon: "table" }] },
  { title: "Workspace", items: [{ path: "/account", label: "Account", icon: "user" }] },
]

/** Whether a page belongs under a rail item: the page itself or anything below it. */
export function isUnder(path: string, item: NavItem): boolean {
  return path === item.path || path.startsWith(`${item.path}/`)
}
