import { useState, type ReactNode } from "react"
import { Field, TextInput } from "../shared/Field"

interface Props {
  label: string
  value: readonly (string | number)[] | null | undefined
  /** What is wrong with one entry; null when it can be used. */
  check: (word: string) => string | null
  /** Null when the field is emptied. */
  onChange: (words: string[] | null) => void
  readOnly: boolean
  /** Entries may hold spaces: only commas part them. */
  phrases?: boolean
  placeholder?: string
  hint?: ReactNode
  error?: string
}

/** A few short entries in one line, with commas between. What can't be used stays, with the reason, and is not saved. */
export function WordsField(props: Props) {
  const { label, value, check, onChange, readOnly, phrases = false, placeholder, hint, error } = props
  const [draft, setDraft] = useState<string | null>(null)
  const text = draft ?? (value ?? []).join(", ")
  const wrong = wordsOf(text, phrases)
    .map(check)
    .find((reason) => reason !== null)
  return (
    <Field label={label} hint={hint} error={wrong ?? error}>
      {(control) => (
        <TextInput
          {...control}
          mono
          readOnly={readOnly}
          spellCheck={false}
          autoComplete="off"
          placeholder={placeholder}
          value={text}
          onChange={(event) => {
            setDraft(event.target.value)
            const words = wordsOf(event.target.value, phrases)
            if (words.every((word) => check(word) === null)) onChange(words.length ? words : null)
          }}
          onBlur={() => {
            if (!wrong) setDraft(null)
          }}
        />
      )}
    </Field>
  )
}

const wordsOf = (text: string, phrases: boolean): string[] =>
  text
    .split(phrases ? "," : /[\s,;]+/)
    .map((word) => word.trim())
    .filter(Boolean)
