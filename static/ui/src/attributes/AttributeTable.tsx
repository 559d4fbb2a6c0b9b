import { Button } from "../shared/Button"
import type { Attribute } from "./types"
import { kindWords, OWNERS, pathOf } from "./words"

interface Props {
  attributes: readonly Attribute[]
  /** Opens one to change it; null for who may not. */
  onOpen: ((attribute: Attribute) => void) | null
}

export function AttributeTable({ attributes, onOpen }: Props) {
  return (
    <table className="list" aria-label="Attributes">
      <thead>
        <tr>
          <th scope="col">Attribute</th>
          <th scope="col">Of</th>
          <th scope="col">Type</th>
          <th scope="col">Values</th>
          <th scope="col">Comes from</th>
          {onOpen && (
            <th scope="col">
              <span className="sr">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {attributes.map((attribute) => (
          <tr key={attribute.id}>
            <td>
              <span className="name-cell">
                <span className="title cut">{attribute.label}</span>
                <code className="xs subtle">{pathOf(attribute)}</code>
              </span>
            </td>
            <td className="muted">{OWNERS.find(({ value }) => value === attribute.applies_to)?.label}</td>
            <td className="muted">{kindWords(attribute.kind)}</td>
            <td className="muted attribute-values">{valuesOf(attribute)}</td>
            <td className="muted">{sourceOf(attribute)}</td>
            {onOpen && (
              <td className="row-actions">
                <Button size="sm" aria-label={`Change ${attribute.label}`} onClick={() => onOpen(attribute)}>
                  Change
                </Button>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Claims that a provider tells at each sign-in go before what somebody writes. */
function sourceOf({ claims }: Attribute): string {
  if (claims.length === 0) return "set by hand"
  return claims.map(({ claim, provider }) => `claim ${claim} of ${provider}`).join(", ")
}

function valuesOf({ kind, allowed }: Attribute): string {
  if (kind === "level") return "the levels below"
  return allowed === null ? "any" : allowed.join(", ")
}
