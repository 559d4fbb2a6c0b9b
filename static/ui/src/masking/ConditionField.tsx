import { useEffect, useId, useMemo, useRef, useState } from "react"
import { useStore } from "zustand"
import type { FieldErrors } from "../api/fieldErrors"
import { useVocabulary } from "../policies/api"
import { ConditionTree } from "../policies/builder/ConditionTree"
import { newGroup, writeCondition } from "../policies/model/condition"
import { locate } from "../policies/model/remarks"
import { TreeKeeper, treeOf } from "../policies/model/treeKeeper"
import { Field, TextArea } from "../shared/Field"
import { Note } from "../shared/Note"
import { Prose } from "../shared/Prose"
import { Segmented } from "../shared/Segmented"

interface Props {
  /** The condition as JSON; empty for none. */
  text: string
  readOnly: boolean
  errors: FieldErrors
  onText: (text: string) => void
}

const VIEWS = [
  { value: "builder", label: "Builder" },
  { value: "json", label: "JSON" },
] as const
const HINT =
  "It can also ask the record that the field stands in, by data. and a name. Hidden, too, where nobody can tell."

/** Where a value is hidden: built as policies are, or written as JSON. */
export default function ConditionField({ text, readOnly, errors, onText }: Props) {
  const [view, setView] = useState<"builder" | "json">("builder")
  const title = useId()
  const tree = useMemo(() => treeOf(text), [text])
  return (
    <div className="col g2" role="group" aria-labelledby={title}>
      <div className="row">
        <span className="lab" id={title}>
          Hidden where
        </span>
        <span className="end">
          <Segmented small label="Show the condition as" options={VIEWS} value={view} onChange={setView} />
        </span>
      </div>
      {view === "json" ? (
        <Json text={text} readOnly={readOnly} errors={errors} onText={onText} />
      ) : tree ? (
        <Built text={text} readOnly={readOnly} errors={errors} onText={onText} />
      ) : (
        <Note kind="bad">This text is no condition. Mend it as JSON.</Note>
      )}
      <p className="xs subtle">{HINT}</p>
    </div>
  )
}

function Json({ text, readOnly, errors, onText }: Props) {
  const error = Object.entries(errors).find(([field]) => field.startsWith("condition"))?.[1]
  return (
    <Field label="Condition" error={error}>
      {(control) => (
        <TextArea
          {...control}
          mono
          rows={8}
          spellCheck={false}
          readOnly={readOnly}
          value={text}
          onChange={({ target }) => onText(target.value)}
        />
      )}
    </Field>
  )
}

function Built({ text, readOnly, errors, onText }: Props) {
  const words = useVocabulary()
  const tell = useRef(onText)
  useEffect(() => {
    tell.current = onText
  })
  const [keeper] = useState(
    () => new TreeKeeper(treeOf(text) ?? newGroup("all", []), (next) => tell.current(next)),
  )
  useEffect(() => {
    const stated = treeOf(text)
    if (stated) keeper.see(stated)
  }, [keeper, text])
  const root = useStore(keeper.store, (state) => state.root)
  const remarks = useMemo(() => {
    const faults = Object.entries(errors)
      .filter(([field]) => field.startsWith("condition"))
      .map(([field, message]) => ({ field, message }))
    return locate(faults, [], writeCondition(root).places)
  }, [errors, root])
  return (
    <>
      {remarks.general.map(({ message, place }) => (
        <Note kind="bad" key={`${place} ${message}`}>
          <Prose text={message} />
        </Note>
      ))}
      <ConditionTree keeper={keeper} root={root} words={words} readOnly={readOnly} remarks={remarks.byPart} />
    </>
  )
}
