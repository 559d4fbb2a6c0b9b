import { Link } from "wouter"
import { Badge } from "../shared/Badge"
import { Icon } from "../shared/icons/Icon"
import type { Mask } from "./types"

interface Props {
  rules: readonly Mask[]
  selected: string | null
}

const STATUS = {
  active: { kind: "ok", label: "Active" },
  draft: { kind: "accent", label: "Draft" },
  disabled: { kind: undefined, label: "Disabled" },
  shadow: { kind: "warn", label: "Shadow" },
} as const

/** The rules: what they mask, how, and whether they count. */
export function RuleList({ rules, selected }: Props) {
  return (
    <ul aria-label="Masking rules">
      {rules.map((rule) => {
        const { kind, label } = STATUS[rule.status]
        return (
          <li key={rule.id}>
            <Link
              href={`/masking?rule=${rule.id}`}
              className={rule.id === selected ? "mask-row is-on" : "mask-row"}
              aria-current={rule.id === selected ? "true" : undefined}
            >
              <span className="row">
                <b className="med cut">{rule.label || rule.key}</b>
                <span className="end">
                  <Badge kind={kind}>{label}</Badge>
                </span>
              </span>
              <span className="row xs muted">
                <code>{rule.field}</code>
                <span className="mask end">
                  <Icon name="eyeoff" size={12} />
                  {rule.mask_type.replaceAll("_", " ")}
                </span>
              </span>
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
