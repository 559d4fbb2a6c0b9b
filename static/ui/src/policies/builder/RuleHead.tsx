import { useStore } from "zustand"
import { Field, TextInput } from "../../shared/Field"
import { SelectField } from "../../shared/fields/SelectField"
import { Segmented } from "../../shared/Segmented"
import type { DraftKeeper } from "../draftKeeper"
import { TokensInput } from "../fields/TokensInput"
import type { Effect } from "../model/rule"
import type { Vocabulary } from "../model/vocabulary"

interface Props {
  keeper: DraftKeeper
  words: Vocabulary
  readOnly: boolean
  errors: Readonly<Record<string, string>>
}

const EFFECTS: readonly { value: Effect; label: string }[] = [
  { value: "allow", label: "Allow" },
  { value: "deny", label: "Deny" },
]

/** What a rule does, to which actions, on which things. */
export function RuleHead({ keeper, words, readOnly, errors }: Props) {
  const rule = useStore(keeper.store, (state) => state.rule)
  const types = [
    { value: "*", label: "Anything" },
    ...words.resource_types.map(({ name, label }) => ({ value: name, label })),
  ]
  return (
    <div className="rule-head">
      <Field label="Name" required error={errors.label}>
        {(control) => (
          <TextInput
            {...control}
            maxLength={200}
            readOnly={readOnly}
            autoComplete="off"
            value={rule.label}
            onChange={({ target }) => keeper.edit({ label: target.value }, "label")}
          />
        )}
      </Field>
      <div className="field rule-effect">
        <span className="lab">Effect</span>
        <Segmented
          label="Effect"
          options={EFFECTS}
          value={rule.effect}
          onChange={(effect) => !readOnly && effect !== rule.effect && keeper.edit({ effect })}
        />
      </div>
      <Field label="Actions" required error={errors.actions}>
        {(control) => (
          <TokensInput
            {...control}
            label="Actions"
            readOnly={readOnly}
            values={rule.actions}
            options={actionOptions(words, rule.resource_type)}
            onChange={(actions) => keeper.edit({ actions })}
          />
        )}
      </Field>
      <SelectField
        label="Things"
        readOnly={readOnly}
        error={errors.resource_type}
        choices={
          types.some(({ value }) => value === rule.resource_type)
            ? types
            : [...types, unknown(rule.resource_type)]
        }
        value={rule.resource_type}
        onChange={(resource_type) => keeper.edit({ resource_type })}
      />
      <Field label="Only these" hint="* is all of them; else their ids." error={errors.resources}>
        {(control) => (
          <TokensInput
            {...control}
            label="Only these"
            readOnly={readOnly}
            values={rule.resources}
            options={[{ value: "*", hint: "all" }]}
            onChange={(resources) => keeper.edit({ resources: withoutAll(rule.resources, resources) })}
          />
        )}
      </Field>
    </div>
  )
}

const unknown = (type: string) => ({ value: type, label: type })

/** “All” goes when one thing is named, and single things go when all are. */
function withoutAll(before: readonly string[], after: readonly string[]): readonly string[] {
  if (!after.includes("*") || after.length === 1) return after
  return before.includes("*") ? after.filter((one) => one !== "*") : ["*"]
}

/** The actions of the chosen kind of thing first, then all others; groups of them too. */
function actionOptions(words: Vocabulary, type: string) {
  const own = words.actions.filter((one) => one.resource_type === type)
  const others = words.actions.filter((one) => one.resource_type !== type)
  const groups = [...new Set(words.actions.map((one) => one.resource_type))].filter(
    (name) => words.actions.filter((one) => one.resource_type === name).length > 1,
  )
  return [
    ...[...own, ...others].map(({ name, label }) => ({ value: name, hint: label })),
    ...groups.map((name) => ({ value: `${name}.*`, hint: `everything with ${name.replaceAll("_", " ")}s` })),
    { value: "*", hint: "everything" },
  ]
}
