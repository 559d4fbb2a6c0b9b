import type { NodeOptions } from "../api/types"
import { retryWords } from "../canvas/badges"
import { Field, SelectInput } from "../shared/Field"
import type { FormContext } from "./FormContext"
import { NumberField } from "./NumberField"
import { numberSpec, problemsAt } from "./schema"
import { WordsField } from "./WordsField"

type Retry = NonNullable<NodeOptions["retry"]>

interface Props {
  retry: Retry | null
  context: FormContext
  /** Null: never tried again. */
  onChange: (retry: Retry | null) => void
}

const BACKOFF = [
  { value: "exponential", label: "Doubles each time" },
  { value: "linear", label: "Grows by as much each time" },
  { value: "constant", label: "Stays the same" },
] as const

const DEFAULTS = { max_retries: 3, initial_delay: 1, max_delay: 60 }

/** How often a step is tried again, how long after, and for which failures. */
export function RetryFields({ retry, context, onChange }: Props) {
  const set = (key: keyof Retry, value: unknown) => {
    const next = { ...retry, [key]: value }
    if (value === undefined || value === null) delete next[key]
    onChange(next)
  }
  const errorAt = (key: string) => problemsAt(context.problems, `retry.${key}`)[0]?.message
  const number = (key: keyof typeof DEFAULTS, label: string, schema: Parameters<typeof numberSpec>[2]) => (
    <NumberField
      field={numberSpec(key, label, schema)}
      root={{}}
      value={retry?.[key]}
      onChange={(value) => set(key, value)}
      context={context}
      placeholder={String(DEFAULTS[key])}
      path={`retry.${key}`}
    />
  )
  return (
    <fieldset className="sub retry">
      <legend>Retries</legend>
      <div className="options">
        <NumberField
          field={numberSpec("retry", "Tries after the first", { type: "integer", minimum: 0, maximum: 100 })}
          root={{}}
          value={retry ? (retry.max_retries ?? DEFAULTS.max_retries) : undefined}
          onChange={(value) =>
            onChange(value === undefined ? null : { ...retry, max_retries: value as number })
          }
          context={context}
          placeholder="none"
          path="retry.max_retries"
        />
        {retry && (
          <>
            <Field label="Wait before each" error={errorAt("backoff_strategy")}>
              {(control) => (
                <SelectInput
                  {...control}
                  disabled={context.readOnly}
                  choices={BACKOFF}
                  value={retry.backoff_strategy ?? "exponential"}
                  onChange={(event) => set("backoff_strategy", event.target.value)}
                />
              )}
            </Field>
            {number("initial_delay", "First wait, s", { type: "number", minimum: 0 })}
            {number("max_delay", "Longest wait, s", { type: "number", minimum: 0 })}
          </>
        )}
      </div>
      {retry && (
        <>
          <WordsField
            label="Only for these HTTP statuses"
            value={retry.retry_on_status}
            check={(word) => (/^[1-5]\d\d$/.test(word) ? null : `“${word}” is no HTTP status, such as 429.`)}
            onChange={(words) => set("retry_on_status", words?.map(Number))}
            readOnly={context.readOnly}
            placeholder="those that may pass, such as 429 and 503"
            error={errorAt("retry_on_status")}
          />
          <WordsField
            label="Only for these errors"
            value={retry.retry_on}
            check={(word) => (/^[a-z][a-z0-9_]*$/.test(word) ? null : `“${word}” is no code of an error.`)}
            onChange={(words) => set("retry_on", words)}
            readOnly={context.readOnly}
            placeholder="all that may pass, such as timeout"
            error={errorAt("retry_on")}
          />
          {(retry.max_retries ?? 3) > 0 && <p className="hint">{retryWords(retry)}</p>}
        </>
      )}
    </fieldset>
  )
}
