import { IconButton } from "../../shared/Button"
import { SelectInput, TextInput } from "../../shared/Field"
import { Combo } from "../fields/Combo"
import { TokensInput } from "../fields/TokensInput"
import type { Comparison } from "../model/condition"
import {
  itemsOf,
  localOf,
  momentFrom,
  numberOr,
  shapeOf,
  textOf,
  WEEKDAYS,
  withEnd,
  type ValueShape,
} from "../model/values"
import { comparablePaths, operatorFacts, type Vocabulary } from "../model/vocabulary"
import { LevelBars } from "./LevelBars"

interface Props {
  comparison: Comparison
  words: Vocabulary
  readOnly: boolean
  isBad: true | undefined
  describedBy: string | undefined
  /** Changes under one name, as letters that are typed, are one step to undo. */
  onChange: (changes: Partial<Comparison>, name?: string) => void
}

/** What an attribute is compared with: a value of its type, or another attribute. */
export function ValueField(props: Props) {
  const { comparison, words, readOnly, onChange } = props
  const facts = operatorFacts(words, comparison.operator)
  const shape = shapeOf(words, comparison)
  if (shape.is === "none") return <span />
  const isPath = comparison.valuePath !== null
  return (
    <div className="cond-value">
      {facts?.takes_path && (!readOnly || isPath) && (
        <IconButton
          label="Compare with another attribute"
          icon="link"
          iconSize={12}
          size="sm"
          variant="ghost"
          on={isPath}
          disabledReason={readOnly && "You can look at it only."}
          onClick={() =>
            onChange(
              isPath ? { valuePath: null } : { valuePath: facts.default_value_path ?? "", value: undefined },
            )
          }
        />
      )}
      {isPath ? <PathValue {...props} /> : <Literal {...props} shape={shape} />}
    </div>
  )
}

function PathValue({ comparison, words, readOnly, isBad, describedBy, onChange }: Props) {
  return (
    <Combo
      label="Other attribute"
      mono
      readOnly={readOnly}
      placeholder="resource.region"
      text={comparison.valuePath ?? ""}
      aria-invalid={isBad}
      aria-describedby={describedBy}
      options={comparablePaths(words, comparison.path).map((one) => ({ value: one.path, hint: one.label }))}
      onText={(valuePath) => onChange({ valuePath }, "other")}
      onPick={(valuePath) => onChange({ valuePath })}
    />
  )
}

function Literal({ shape, ...props }: Props & { shape: ValueShape }) {
  const { comparison, words, readOnly, isBad, describedBy, onChange } = props
  const { value } = comparison
  const marks = { "aria-invalid": isBad, "aria-describedby": describedBy }
  const set = (next: unknown) => onChange({ value: next })
  const type = (next: unknown) => onChange({ value: next }, "value")
  if (shape.is === "list")
    return (
      <TokensInput
        {...marks}
        label="Values"
        readOnly={readOnly}
        values={itemsOf(value).map(textOf)}
        options={shape.choices.map((choice) => ({ value: choice }))}
        onChange={(items) =>
          set(items.length ? (shape.of === "number" ? items.map(numberOr) : items) : undefined)
        }
      />
    )
  if (shape.is === "pair") return <Pair {...props} of={shape.of} />
  if (shape.is === "weekdays") return <Weekdays {...props} />
  if (shape.is === "level")
    return (
      <span className="cond-level">
        <LevelBars level={textOf(value)} levels={words.levels} />
        <Choice
          {...marks}
          value={value}
          readOnly={readOnly}
          onChange={set}
          choices={words.levels.map(named)}
        />
      </span>
    )
  if (shape.is === "role")
    return (
      <Choice {...marks} value={value} readOnly={readOnly} onChange={set} choices={words.roles.map(named)} />
    )
  if (shape.is === "truth")
    return (
      <Choice
        {...marks}
        value={value === undefined ? undefined : String(value)}
        readOnly={readOnly}
        onChange={(text) => set(text === undefined ? undefined : text === "true")}
        choices={[
          { value: "true", label: "true" },
          { value: "false", label: "false" },
        ]}
      />
    )
  if (shape.is === "choice")
    return (
      <Combo
        {...marks}
        label="Value"
        readOnly={readOnly}
        text={textOf(value)}
        options={shape.choices.map((choice) => ({ value: choice }))}
        onText={(text) => type(text || undefined)}
        onPick={set}
      />
    )
  if (shape.is === "moment")
    return (
      <TextInput
        {...marks}
        type="datetime-local"
        aria-label="Time, in UTC"
        readOnly={readOnly}
        value={localOf(value)}
        onChange={({ target }) => type(momentFrom(target.value))}
      />
    )
  const isNumber = shape.is === "number" || shape.is === "minutes"
  return (
    <TextInput
      {...marks}
      aria-label={shape.is === "minutes" ? "Minutes" : "Value"}
      mono={shape.is === "pattern"}
      inputMode={isNumber ? "decimal" : undefined}
      placeholder={shape.is === "minutes" ? "minutes" : undefined}
      readOnly={readOnly}
      autoComplete="off"
      spellCheck={false}
      value={textOf(value)}
      onChange={({ target }) => type(isNumber ? numberOr(target.value) : target.value || undefined)}
    />
  )
}

const named = ({ key, label }: { key: string; label: string }) => ({ value: key, label })

interface ChoiceProps {
  value: unknown
  choices: readonly { value: string; label: string }[]
  readOnly: boolean
  onChange: (value: string | undefined) => void
}

/** One of a few; while none is chosen, and for one that is gone, that is what it shows. */
function Choice({ value, choices, readOnly, onChange, ...marks }: ChoiceProps) {
  const text = textOf(value)
  const isKnown = choices.some((choice) => choice.value === text)
  const all = isKnown ? choices : [{ value: text, label: text || "choose" }, ...choices]
  return (
    <SelectInput
      {...marks}
      aria-label="Value"
      disabled={readOnly}
      choices={all}
      value={text}
      onChange={({ target }) => onChange(target.value || undefined)}
    />
  )
}

const PAIR_TYPES = { number: "text", moment: "datetime-local", time: "time", date: "date" } as const

/** From and to. Times and dates are in UTC. */
function Pair({
  comparison,
  of,
  readOnly,
  isBad,
  describedBy,
  onChange,
}: Props & { of: keyof typeof PAIR_TYPES }) {
  const ends = itemsOf(comparison.value)
  const shown = (end: unknown) => (of === "moment" ? localOf(end) : textOf(end))
  const read = (text: string) =>
    of === "number" ? numberOr(text) : of === "moment" ? momentFrom(text) : text || undefined
  const field = (end: 0 | 1, label: string) => (
    <TextInput
      type={PAIR_TYPES[of]}
      inputMode={of === "number" ? "decimal" : undefined}
      aria-label={of === "number" ? label : `${label}, in UTC`}
      aria-invalid={isBad}
      aria-describedby={describedBy}
      readOnly={readOnly}
      value={shown(ends[end])}
      onChange={({ target }) =>
        onChange({ value: withEnd(comparison.value, end, read(target.value)) }, `end ${end}`)
      }
    />
  )
  return (
    <span className="cond-pair">
      {field(0, "From")}
      <span className="xs subtle">and</span>
      {field(1, "To")}
    </span>
  )
}

function Weekdays({ comparison, readOnly, onChange }: Props) {
  const chosen = itemsOf(comparison.value)
  const toggle = (day: string) => {
    const next = WEEKDAYS.filter((one) => (one === day) !== chosen.includes(one))
    onChange({ value: next.length ? next : undefined })
  }
  return (
    <span className="cond-days" role="group" aria-label="Weekdays">
      {WEEKDAYS.map((day) => (
        <button
          key={day}
          type="button"
          className={chosen.includes(day) ? "btn sm is-on" : "btn sm"}
          aria-pressed={chosen.includes(day)}
          aria-disabled={readOnly || undefined}
          onClick={() => !readOnly && toggle(day)}
        >
          {day}
        </button>
      ))}
    </span>
  )
}
