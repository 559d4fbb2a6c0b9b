import { useState } from "react"
import { useLevels, useRoles } from "../access/api"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { useCan } from "../api/me"
import { Button } from "../shared/Button"
import { moment } from "../shared/format"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { changeMember, useAttributes, useRefreshPeople } from "./api"
import { AttributeField } from "./AttributeField"
import { textsOf, valuesOf, type Texts } from "./attributeForm"
import { Deactivation } from "./Deactivation"
import { RoleChoice } from "./RoleChoice"
import type { Attribute, Member } from "./types"

/** What somebody is given: roles and attributes, and whether they may come in at all. */
export function PersonProfile({ person }: { person: Member }) {
  const manages = person.can.includes("user.manage")
  const seesSchema = useCan("policy.view")
  const schema = useAttributes(seesSchema)
  const attributes = schema.data?.filter((each) => each.applies_to === "user") ?? []
  return (
    <>
      <Given
        key={JSON.stringify([person.roles, person.attributes])}
        person={person}
        attributes={attributes}
        readOnly={!manages}
      />
      {!seesSchema && <PlainAttributes attributes={person.attributes} />}
      <dl className="kv">
        <dt>Joined</dt>
        <dd>{moment(person.joined_at)}</dd>
        <dt>Signed in last</dt>
        <dd>{person.signed_in_at ? moment(person.signed_in_at) : "never"}</dd>
      </dl>
      {manages && <Deactivation person={person} />}
    </>
  )
}

interface GivenProps {
  person: Member
  attributes: readonly Attribute[]
  readOnly: boolean
}

function Given({ person, attributes, readOnly }: GivenProps) {
  const refresh = useRefreshPeople()
  const levels = useLevels()
  const has = person.roles.map((role) => role.key)
  const first = textsOf(person.attributes ?? {})
  const [roles, setRoles] = useState<readonly string[]>(has)
  const [texts, setTexts] = useState<Texts>(first)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const errors = fieldErrors(failure)
  const rolesChanged = [...roles].sort().join() !== [...has].sort().join()
  const attributesChanged = attributes.some(({ name }) => (texts[name] ?? "") !== (first[name] ?? ""))
  const isChanged = rolesChanged || attributesChanged
  const isShown = Object.keys(errors).some((field) => field === "roles" || field.startsWith("attributes."))
  const reset = () => {
    setRoles(has)
    setTexts(first)
    setFailure(null)
  }
  const save = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await changeMember(person.id, {
        ...(rolesChanged ? { roles: [...roles] } : {}),
        ...(attributesChanged ? { attributes: valuesOf(attributes, texts, person.attributes ?? {}) } : {}),
      })
      toast("It counts from the next request on.", { icon: "check" })
      await refresh()
    } catch (problem) {
      setFailure(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className="given"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged && !busy) void save()
      }}
    >
      <RoleChoice
        label="Roles"
        roles={useRoles()}
        chosen={roles}
        error={errors.roles}
        readOnly={readOnly}
        onChange={setRoles}
      />
      {attributes.map((attribute) => (
        <AttributeField
          key={attribute.id}
          attribute={attribute}
          levels={levels}
          text={texts[attribute.name] ?? ""}
          error={errors[`attributes.${attribute.name}`]}
          readOnly={readOnly}
          onChange={(text) => setTexts({ ...texts, [attribute.name]: text })}
        />
      ))}
      {failure !== null && !isShown && (
        <Note kind="bad">{failureText(failure, "It could not be saved.")}</Note>
      )}
      {!readOnly && (
        <div className="row g2">
          <Button variant="primary" submit busy={busy} disabledReason={!isChanged && "Nothing is changed."}>
            Save
          </Button>
          {isChanged && <Button onClick={reset}>Discard</Button>}
        </div>
      )}
    </form>
  )
}

function PlainAttributes({ attributes }: { attributes: Member["attributes"] }) {
  if (!attributes || Object.keys(attributes).length === 0) return null
  return (
    <dl className="kv" aria-label="Attributes">
      {Object.entries(textsOf(attributes)).map(([name, text]) => (
        <div key={name} className="kv-pair">
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}
