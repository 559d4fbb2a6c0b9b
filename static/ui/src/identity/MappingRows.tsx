import { Button, IconButton } from "../shared/Button"
import { SelectInput, TextInput } from "../shared/Field"
import { Icon } from "../shared/icons/Icon"
import type { FieldErrors } from "../api/fieldErrors"
import { NEW_RULE, type Rule, type Way } from "./rules"

const WAYS = [
  { value: "contains", label: "contains" },
  { value: "equals", label: "is" },
  { value: "attribute", label: "gives the attribute" },
]

interface Props {
  rules: readonly Rule[]
  errors: FieldErrors
  onChange: (rules: readonly Rule[]) => void
}

/** "The claim groups contains makers: role editor", row by row. */
export function MappingRows({ rules, errors, onChange }: Props) {
  const set = (at: number, change: Partial<Rule>) =>
    onChange(rules.map((rule, index) => (index === at ? { ...rule, ...change } : rule)))
  return (
    <fieldset className="mapping">
      <legend>What follows from claims</legend>
      <p className="hint">Roles and attributes named here are at each sign-in as the claims say.</p>
      {rules.map((rule, at) => (
        <div key={at} className="field">
          <div className="mapping-row">
            <TextInput
              mono
              aria-label={`Claim of rule ${at + 1}`}
              placeholder="claim"
              value={rule.claim}
              onChange={({ target }) => set(at, { claim: target.value })}
            />
            <SelectInput
              aria-label={`How rule ${at + 1} reads it`}
              choices={WAYS}
              value={rule.way}
              onChange={({ target }) => set(at, { way: target.value as Way })}
            />
            {rule.way !== "attribute" && (
              <TextInput
                mono
                aria-label={`Value of rule ${at + 1}`}
                placeholder="value"
                value={rule.value}
                onChange={({ target }) => set(at, { value: target.value })}
              />
            )}
            <TextInput
              mono
              aria-label={rule.way === "attribute" ? `Attribute of rule ${at + 1}` : `Role of rule ${at + 1}`}
              placeholder={rule.way === "attribute" ? "attribute" : "role"}
              value={rule.target}
              onChange={({ target }) => set(at, { target: target.value })}
            />
            <IconButton
              variant="ghost"
              size="sm"
              icon="x"
              iconSize={12}
              label={`Remove rule ${at + 1}`}
              onClick={() => onChange(rules.filter((_, index) => index !== at))}
            />
          </div>
          {errorAt(errors, at) && (
            <span className="err">
              <Icon name="warn" size={12} />
              {errorAt(errors, at)}
            </span>
          )}
        </div>
      ))}
      <div>
        <Button size="sm" icon="plus" onClick={() => onChange([...rules, NEW_RULE])}>
          Add rule
        </Button>
      </div>
    </fieldset>
  )
}

function errorAt(errors: FieldErrors, at: number): string | undefined {
  const path = `mapping.${at}`
  return Object.entries(errors).find(([field]) => field === path || field.startsWith(`${path}.`))?.[1]
}
