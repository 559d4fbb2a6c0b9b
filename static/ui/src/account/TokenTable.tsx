import type { ApiToken } from "../api/types"
import { Badge } from "../shared/Badge"
import { Button } from "../shared/Button"
import { ago, date, moment } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { expiryOf, scopesText } from "./scopes"

interface Props {
  tokens: readonly ApiToken[]
  onRevoke: (token: ApiToken) => void
}

export function TokenTable({ tokens, onRevoke }: Props) {
  const now = useNow(60_000)
  return (
    <table className="list" aria-label="API tokens">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Rights</th>
          <th scope="col">Last used</th>
          <th scope="col">Ends</th>
          <th scope="col">
            <span className="sr">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <td>
              <span className="title cut">{token.name}</span>
              <code className="xs subtle">{token.prefix}…</code>
            </td>
            <td className="muted" title={token.scopes.join(", ")}>
              {scopesText(token.scopes)}
            </td>
            <td className="muted">{token.last_used_at ? ago(token.last_used_at, now) : "never"}</td>
            <td>
              <Ends token={token} now={now} />
            </td>
            <td className="row-actions">
              <Button
                size="sm"
                variant="danger"
                aria-label={`Revoke ${token.name}`}
                onClick={() => onRevoke(token)}
              >
                Revoke
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Ends({ token, now }: { token: ApiToken; now: Date }) {
  if (token.expires_at === null) return <span className="muted">never</span>
  const expiry = expiryOf(token.expires_at, now)
  if (expiry === "past") return <Badge kind="bad">ended</Badge>
  return (
    <span className={expiry === "soon" ? "retrying med" : "muted"} title={moment(token.expires_at)}>
      {date(token.expires_at, now)}
    </span>
  )
}
