import { useState } from "react"
import { LoadError } from "../shell/LoadError"
import { Badge } from "../shared/Badge"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { CopyField } from "../shared/CopyField"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { deleteProvider, useProviders, useRefreshProviders, type Provider } from "./api"
import { ProviderDialog } from "./ProviderDialog"

/** By whom the workspace's people may sign in. */
export function ProvidersCard() {
  const list = useProviders(true)
  const refresh = useRefreshProviders()
  const [open, setOpen] = useState<Provider | "new" | null>(null)
  const [dropping, setDropping] = useState<Provider | null>(null)
  const providers = list.data?.results ?? []
  return (
    <section className="card list-card" aria-labelledby="providers-title">
      <header>
        <h2 id="providers-title">Identity providers</h2>
        <span className="xs subtle">OpenID Connect</span>
        <span className="end">
          <Button size="sm" icon="plus" onClick={() => setOpen("new")}>
            Provider
          </Button>
        </span>
      </header>
      {list.isPending && (
        <div className="body">
          <SkeletonRows rows={2} />
        </div>
      )}
      {list.isError && (
        <LoadError what="the providers" error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.isSuccess && providers.length === 0 && (
        <EmptyState icon="globe" title="People sign in by password">
          Add your organisation’s provider, and its claims give roles and attributes at each sign-in.
        </EmptyState>
      )}
      {providers.length > 0 && (
        <table className="list" aria-label="Identity providers">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Rules</th>
              <th scope="col">People</th>
              <th scope="col">
                <span className="sr">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {providers.map((provider) => (
              <tr key={provider.id}>
                <td>
                  <span className="title cut">{provider.label}</span>{" "}
                  {!provider.enabled && <Badge kind="warn">off</Badge>}
                  <code className="xs subtle cut provider-issuer">{provider.issuer}</code>
                </td>
                <td className="muted">{plural(provider.mapping.length, "rule")}</td>
                <td className="muted">{provider.people}</td>
                <td className="row-actions">
                  <span className="provider-actions">
                    <Button
                      size="sm"
                      aria-label={`Change ${provider.label}`}
                      onClick={() => setOpen(provider)}
                    >
                      Change
                    </Button>
                    <Button
                      size="sm"
                      variant="danger"
                      aria-label={`Delete ${provider.label}`}
                      onClick={() => setDropping(provider)}
                    >
                      Delete
                    </Button>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {list.data && (
        <div className="body identity-addresses">
          <CopyField
            label="Return address"
            text={list.data.return_address}
            hint="Register it at each provider as the redirect URI."
          />
          <CopyField
            label="Sign-in address"
            text={list.data.sign_in_address}
            hint="Where your people find their providers."
          />
        </div>
      )}
      {open && (
        <ProviderDialog
          provider={open === "new" ? null : open}
          onClose={() => setOpen(null)}
          onSaved={async (saved) => {
            await refresh()
            setOpen(null)
            toast(`“${saved.label}” is kept.`)
          }}
        />
      )}
      {dropping && (
        <ConfirmDialog
          title={`Delete “${dropping.label}”`}
          action="Delete"
          onClose={() => setDropping(null)}
          onConfirm={async () => {
            await deleteProvider(dropping.id)
            await refresh()
            setDropping(null)
            toast(`“${dropping.label}” is deleted.`, { icon: "trash" })
          }}
        >
          <p>
            {plural(dropping.people, "person", "people")} signed in by it and cannot any more. Their accounts
            stay, with what the claims gave them last.
          </p>
        </ConfirmDialog>
      )}
    </section>
  )
}
