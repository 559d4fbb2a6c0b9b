import { useState } from "react"
import type { ApiToken, NewApiToken } from "../api/types"
import { LoadError } from "../shell/LoadError"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { EmptyState } from "../shared/EmptyState"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { revokeToken, useRefreshTokens, useTokens } from "./api"
import { NewTokenDialog } from "./NewTokenDialog"
import { TokenOnce } from "./TokenOnce"
import { TokenTable } from "./TokenTable"

/** Keys for scripts and other programs that act as this person. */
export function TokensCard({ permissions }: { permissions: readonly string[] }) {
  const tokens = useTokens()
  const refresh = useRefreshTokens()
  const [creating, setCreating] = useState(false)
  const [made, setMade] = useState<NewApiToken | null>(null)
  const [revoking, setRevoking] = useState<ApiToken | null>(null)
  return (
    <section className="card list-card" aria-labelledby="tokens-title">
      <header>
        <h2 id="tokens-title">API tokens</h2>
        <span className="xs subtle">for scripts that act as you</span>
        <span className="end">
          <Button size="sm" icon="plus" onClick={() => setCreating(true)}>
            New token
          </Button>
        </span>
      </header>
      {made && <TokenOnce token={made} onClose={() => setMade(null)} />}
      {tokens.isPending && (
        <div className="body">
          <SkeletonRows rows={3} />
        </div>
      )}
      {tokens.isError && (
        <LoadError what="the tokens" error={tokens.error} onRetry={() => void tokens.refetch()} />
      )}
      {tokens.data?.length === 0 && !made && (
        <EmptyState icon="key" title="No tokens yet">
          A token lets a program use the API as you, with as few rights as you give it.
        </EmptyState>
      )}
      {tokens.data && tokens.data.length > 0 && <TokenTable tokens={tokens.data} onRevoke={setRevoking} />}
      {creating && (
        <NewTokenDialog
          permissions={permissions}
          onClose={() => setCreating(false)}
          onCreated={(token) => {
            setMade(token)
            setCreating(false)
            void refresh()
          }}
        />
      )}
      {revoking && (
        <ConfirmDialog
          title={`Revoke “${revoking.name}”`}
          action="Revoke"
          onClose={() => setRevoking(null)}
          onConfirm={async () => {
            await revokeToken(revoking.id)
            await refresh()
            if (made?.id === revoking.id) setMade(null)
            toast(`“${revoking.name}” is revoked.`, { icon: "trash" })
            setRevoking(null)
          }}
        >
          <p>Whatever uses this token is refused from now on. It cannot be brought back.</p>
        </ConfirmDialog>
      )}
    </section>
  )
}
