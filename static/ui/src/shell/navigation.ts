import type { GlyphName } from "../shared/icons/glyphs"

export interface NavItem {
  readonly path: string
  readonly label: string
  readonly icon: GlyphName
  /** The permission without which there is nothing to see there. */
  readonly needs?: string
  /** A figure behind the label: how much of it waits for this person. */
  readonly counts?: "approvals" | "requests"
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
      {
        path: "/approvals",
        label: "Approvals",
        icon: "usercheck",
        needs: "approval.view",
        counts: "approvals",
      },
      { path: "/triggers", label: "Triggers", icon: "bolt", needs: "trigger.view" },
      { path: "/templates", label: "Templates", icon: "template", needs: "workflow.create" },
    ],
  },
  {
    title: "Data",
    items: [
      { path: "/datasets", label: "Datasets", icon: "table" },
      { path: "/credentials", label: "Credentials", icon: "key", needs: "credential.view" },
      { path: "/lineage", label: "Lineage", icon: "lineage", needs: "lineage.view" },
    ],
  },
  {
    title: "Govern",
    items: [
      { path: "/policies", label: "Policies", icon: "shield", needs: "policy.view" },
      { path: "/masking", label: "Masking", icon: "eyeoff", needs: "policy.view" },
      { path: "/requests", label: "Requests", icon: "lock", counts: "requests" },
      { path: "/compliance", label: "Compliance", icon: "shieldcheck", needs: "compliance.view" },
      { path: "/audit", label: "Audit", icon: "audit", needs: "audit.view" },
    ],
  },
  {
    title: "Workspace",
    items: [
      { path: "/people", label: "People", icon: "user", needs: "user.view" },
      { path: "/notices", label: "Notices", icon: "bell", needs: "notification.view" },
      { path: "/identity", label: "Sign-in", icon: "usercheck", needs: "user.manage" },
      { path: "/account", label: "Account", icon: "user" },
    ],
  },
]

/** The groups of the rail as a person with these permissions sees them; until they are known all that needs none. */
export function navigationFor(permissions: readonly string[]): readonly NavGroup[] {
  return NAVIGATION.map((group) => ({
    ...group,
    items: group.items.filter((item) => item.needs === undefined || permissions.includes(item.needs)),
  }))
}

/** Whether a page belongs under a rail item: the page itself or anything below it. */
export function isUnder(path: string, item: NavItem): boolean {
  return path === item.path || path.startsWith(`${item.path}/`)
}
