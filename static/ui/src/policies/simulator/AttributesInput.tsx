import { Button, IconButton } from "../../shared/Button"
import { Combo } from "../fields/Combo"
import type { Vocabulary } from "../model/vocabulary"

interface Props {
  /** `user` or `resource`. */
  root: "user" | "resource"
  label: string
  attributes: Readonly<Record<string, string>>
  words: Vocabulary
  onChange: (attributes: Record<string, string>) => void
}

/** Attributes that somebody or something is said to have. */
export function AttributesInput({ root, label, attributes, words, onChange }: Props) {
  const rows = Object.entries(attributes)
  const known = words.paths.filter(
    ({ path }) =>
      path.startsWith(`${root}.`) && !BUILT_IN.has(path) && !path.startsWith("resource.workflow."),
  )
  const free = known.map(({ path }) => path.slice(root.length + 1)).filter((name) => !(name in attributes))
  const rename = (before: string, after: string) =>
    onChange(Object.fromEntries(rows.map(([name, value]) => [name === before ? after : name, value])))
  return (
    <div className="stated" role="group" aria-label={label}>
      {rows.map(([name, value], at) => {
        const facts = known.find(({ path }) => path === `${root}.${name}`)
        return (
          <div key={at} className="stated-row">
            <Combo
              label="Attribute"
              mono
              text={name}
              options={free.map((one) => ({ value: one }))}
              onText={(next) => rename(name, next)}
              onPick={(next) => rename(name, next)}
            />
            <Combo
              label={`Value of ${name || "the attribute"}`}
              placeholder="missing"
              text={value}
              options={(facts?.allowed ?? []).map((one) => ({ value: String(one) }))}
              onText={(next) => onChange({ ...attributes, [name]: next })}
              onPick={(next) => onChange({ ...attributes, [name]: next })}
            />
            <IconButton
              label={`Remove ${name || "this attribute"}`}
              icon="x"
              iconSize={12}
              size="sm"
              variant="ghost"
              onClick={() => onChange(Object.fromEntries(rows.filter(([other]) => other !== name)))}
            />
          </div>
        )
      })}
      <Button
        variant="ghost"
        size="sm"
        icon="plus"
        disabledReason={"" in attributes && "Name the attribute above first."}
        onClick={() => onChange({ ...attributes, [free[0] ?? ""]: "" })}
      >
        Attribute
      </Button>
    </div>
  )
}

/** Said by roles, owner and type instead. */
const BUILT_IN = new Set([
  "user.id",
  "user.email",
  "user.roles",
  "user.tenant_id",
  "user.is_active",
  "resource.id",
  "resource.type",
  "resource.owner_id",
  "resource.tenant_id",
])
