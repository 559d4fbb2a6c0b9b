import { useState } from "react"
import { Field, SelectInput, TextInput } from "../../shared/Field"
import { Combo } from "../fields/Combo"
import { TokensInput } from "../fields/TokensInput"
import type { Question, What, Who } from "../model/question"
import type { Vocabulary } from "../model/vocabulary"
import { AttributesInput } from "./AttributesInput"
import { FINDABLE, isFindable, usePeople, useThings } from "./search"

interface Props {
  question: Question
  words: Vocabulary
  /** Test cases state who and what: they have to hold whoever is there. */
  isStated?: boolean
  errors?: Readonly<Record<string, string>>
  onChange: (question: Question) => void
}

/** Who does what to what, when and from where. */
export function QuestionForm({ question, words, isStated = false, errors = {}, onChange }: Props) {
  const set = (changes: Partial<Question>) => onChange({ ...question, ...changes })
  return (
    <div className="question">
      <WhoField
        who={question.who}
        words={words}
        isStated={isStated}
        errors={errors}
        onChange={(who) => set({ who })}
      />
      <Field label="Does what" required error={errors.action}>
        {(control) => (
          <Combo
            {...control}
            mono
            placeholder="run.data"
            text={question.action}
            options={words.actions.map(({ name, label }) => ({ value: name, hint: label }))}
            onText={(action) => set({ action })}
            onPick={(action) => set({ action })}
          />
        )}
      </Field>
      <WhatField
        what={question.what}
        words={words}
        isStated={isStated}
        errors={errors}
        onChange={(what) => set({ what })}
      />
      <WhenFields question={question} errors={errors} onChange={set} />
    </div>
  )
}

interface PartProps<T> {
  words: Vocabulary
  isStated: boolean
  errors: Readonly<Record<string, string>>
  onChange: (part: T) => void
  who?: T
}

const SOMEBODY: Who = { kind: "stated", roles: [], attributes: {} }

function WhoField({ who, words, isStated, errors, onChange }: PartProps<Who> & { who: Who }) {
  const [search, setSearch] = useState("")
  const people = usePeople(search)
  const isPerson = who.kind === "person"
  return (
    <div className="question-part">
      <Field
        label="Who"
        error={errors.user ?? errors.subject ?? errors["subject.roles"]}
        aside={
          !isStated && (
            <button
              type="button"
              className="linkish xs"
              onClick={() => onChange(isPerson ? SOMEBODY : { kind: "person", id: "", label: "" })}
            >
              {isPerson ? "state somebody" : "choose a person"}
            </button>
          )
        }
      >
        {(control) =>
          isPerson ? (
            <Combo
              {...control}
              isSearched
              placeholder="Name or e-mail"
              text={who.label}
              options={people}
              onText={(label) => {
                setSearch(label)
                onChange({ kind: "person", id: "", label })
              }}
              onPick={(id) => {
                setSearch("")
                onChange({ kind: "person", id, label: people.find(({ value }) => value === id)?.label ?? "" })
              }}
            />
          ) : (
            <TokensInput
              {...control}
              label="Roles"
              isClosed
              placeholder={who.roles.length ? "add" : "somebody with the role"}
              values={who.roles}
              wordsOf={(key) => words.roles.find((role) => role.key === key)?.label ?? key}
              options={words.roles.map(({ key, label }) => ({ value: key, label }))}
              onChange={(roles) => onChange({ ...who, roles })}
            />
          )
        }
      </Field>
      {!isPerson && (
        <AttributesInput
          root="user"
          label="Attributes of the person"
          words={words}
          attributes={who.attributes}
          onChange={(attributes) => onChange({ ...who, attributes })}
        />
      )}
    </div>
  )
}

/** What is chosen in the list of kinds: `run` is one that is there, `any:run` one that is stated. */
const ANY = "any:"

function WhatField({ what, words, isStated, errors, onChange }: PartProps<What> & { what: What }) {
  const [search, setSearch] = useState("")
  const type = what.kind === "nothing" ? "" : what.type
  const things = useThings(what.kind === "thing" ? type : "", search)
  const labelOf = (name: string) => words.resource_types.find((one) => one.name === name)?.label ?? name
  const choices = [
    { value: "", label: "The workspace at large" },
    ...(isStated ? [] : FINDABLE.map((name) => ({ value: name, label: labelOf(name) }))),
    ...words.resource_types.map(({ name, label }) => ({
      value: ANY + name,
      label: isStated ? label : `${label}, stated`,
    })),
  ]
  const choose = (value: string) => {
    setSearch("")
    if (value.startsWith(ANY)) {
      const kept = what.kind === "stated" ? what : { isOwn: false, attributes: {} }
      onChange({ ...kept, kind: "stated", type: value.slice(ANY.length) })
    } else if (isFindable(value)) onChange({ kind: "thing", type: value, id: "", label: "" })
    else onChange({ kind: "nothing" })
  }
  return (
    <div className="question-part">
      <Field label="To what" error={errors.resource_id ?? errors.resource ?? errors["resource.type"]}>
        {(control) => (
          <SelectInput
            {...control}
            choices={choices}
            value={what.kind === "stated" ? ANY + type : type}
            onChange={({ target }) => choose(target.value)}
          />
        )}
      </Field>
      {what.kind === "thing" && (
        <Combo
          label={`Which ${labelOf(type).toLowerCase()}`}
          isSearched
          placeholder="Search by name"
          text={what.label}
          options={things}
          onText={(label) => {
            setSearch(label)
            onChange({ ...what, id: "", label })
          }}
          onPick={(id) => {
            setSearch("")
            onChange({ ...what, id, label: things.find(({ value }) => value === id)?.label ?? "" })
          }}
        />
      )}
      {what.kind === "stated" && (
        <>
          <label className="row g2 sm">
            <input
              type="checkbox"
              checked={what.isOwn}
              onChange={({ target }) => onChange({ ...what, isOwn: target.checked })}
            />
            It is this person’s own
          </label>
          <AttributesInput
            root="resource"
            label="Attributes of the thing"
            words={words}
            attributes={what.attributes}
            onChange={(attributes) => onChange({ ...what, attributes })}
          />
        </>
      )}
    </div>
  )
}

interface WhenProps {
  question: Question
  errors: Readonly<Record<string, string>>
  onChange: (changes: Partial<Question>) => void
}

function WhenFields({ question: { at, ip, hasFactor }, errors, onChange }: WhenProps) {
  return (
    <div className="question-part">
      <div className="question-when">
        <Field label="When, in UTC" error={errors["env.at"]} hint={at ? undefined : "Empty: now."}>
          {(control) => (
            <TextInput
              {...control}
              type="datetime-local"
              value={at}
              onChange={({ target }) => onChange({ at: target.value })}
            />
          )}
        </Field>
        <Field label="From address" error={errors["env.ip"]}>
          {(control) => (
            <TextInput
              {...control}
              mono
              placeholder="203.0.113.24"
              autoComplete="off"
              value={ip}
              onChange={({ target }) => onChange({ ip: target.value })}
            />
          )}
        </Field>
      </div>
      <label className="row g2 sm">
        <input
          type="checkbox"
          checked={hasFactor}
          onChange={({ target }) => onChange({ hasFactor: target.checked })}
        />
        A second factor was given just then
      </label>
    </div>
  )
}
