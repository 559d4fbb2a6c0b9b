import { Link } from "wouter"
import { ago, count, moment } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { moveAmongRows } from "../shared/rowKeys"
import type { Credential, CredentialType } from "./types"

interface Props {
  credentials: readonly Credential[]
  types: readonly CredentialType[]
  selected: string | null
  hrefOf: (id: string) => string
}

export const typeLabel = (types: readonly CredentialType[], type: string): string =>
  types.find((item) => item.type === type)?.label ?? type.replaceAll("_", " ")

export function CredentialTable({ credentials, types, selected, hrefOf }: Props) {
  const now = useNow(30_000)
  return (
    <table className="list" aria-label="Credentials">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Last used</th>
          <th scope="col" className="num">
            Version
          </th>
          <th scope="col" className="wide-only">
            Changed
          </th>
        </tr>
      </thead>
      <tbody>
        {credentials.map((credential) => (
          <tr key={credential.id} className={credential.id === selected ? "is-on" : ""}>
            <td>
              <span className="name-cell">
                <Link
                  className="title cut row-link"
                  href={hrefOf(credential.id)}
                  aria-current={credential.id === selected || undefined}
                  onKeyDown={moveAmongRows}
                >
                  {credential.name}
                </Link>
                <span className="xs subtle cut">
                  {typeLabel(types, credential.type)}
                  {credential.description && ` · ${credential.description}`}
                </span>
              </span>
            </td>
            <td
              className="muted"
              title={credential.last_used_at ? moment(credential.last_used_at) : undefined}
            >
              {credential.last_used_at ? ago(credential.last_used_at, now) : "not yet"}
            </td>
            <td className="num">{count(credential.version)}</td>
            <td className="muted wide-only" title={moment(credential.updated_at)}>
              {ago(credential.updated_at, now)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
