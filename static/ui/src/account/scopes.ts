/** Permissions as people choose them for a token: by the thing they are about. */

const RESOURCES: Readonly<Record<string, string>> = {
  workflow: "Workflows",
  run: "Runs",
  dataset: "Datasets",
  code: "Code",
  node_type: "Node types",
  token: "Tokens",
  account: "Account",
  audit: "Audit",
  user: "People",
  role: "Roles",
}

const ACTIONS: Readonly<Record<string, string>> = {
  "run.data": "see inputs, outputs and logs",
  "code.author": "write code in nodes",
  "token.manage": "manage own tokens",
  "account.manage": "change own password",
}

/** What every token may do anyway. */
const UNSCOPED: ReadonlySet<string> = new Set(["account.view"])

export interface ScopeGroup {
  readonly label: string
  readonly scopes: readonly { readonly value: string; readonly label: string }[]
}

function actionOf(permission: string): string {
  return ACTIONS[permission] ?? permission.slice(permission.indexOf(".") + 1)
}

/** What a person may do, grouped; the order of resources is fixed, unknown ones come last. */
export function scopeGroups(permissions: readonly string[]): readonly ScopeGroup[] {
  const order = Object.keys(RESOURCES)
  const byResource = new Map<string, string[]>()
  for (const permission of permissions) {
    if (UNSCOPED.has(permission)) continue
    const resource = permission.split(".")[0] ?? permission
    byResource.set(resource, [...(byResource.get(resource) ?? []), permission])
  }
  const place = (resource: string) => (order.includes(resource) ? order.indexOf(resource) : order.length)
  return [...byResource]
    .sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b))
    .map(([resource, all]) => ({
      label: RESOURCES[resource] ?? resource,
      scopes: all.map((value) => ({ value, label: actionOf(value) })),
    }))
}

/** "all of your rights", "3 rights". */
export function scopesText(scopes: readonly string[]): string {
  if (scopes.length === 0) return "no rights"
  return scopes.length === 1 ? (scopes[0] ?? "") : `${scopes.length} rights`
}

export type Expiry = "none" | "past" | "soon" | "later"

/** How near the end of a token is; within a week is soon. */
export function expiryOf(expiresAt: string | null, now: Date): Expiry {
  if (expiresAt === null) return "none"
  const days = (Date.parse(expiresAt) - now.getTime()) / 86_400_000
  if (days <= 0) return "past"
  return days <= 7 ? "soon" : "later"
}

const MIN_LENGTH = 10

/** What is wrong with a new password before the server is asked; null when nothing is. */
export function passwordProblem(next: string, again: string): string | null {
  if (next.length < MIN_LENGTH) return `Use ${MIN_LENGTH} characters or more.`
  return next === again ? null : "The two new passwords differ."
}
