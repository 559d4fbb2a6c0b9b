import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextArea, TextInput } from "../shared/Field"
import { SelectField } from "../shared/fields/SelectField"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { changeAttribute, createAttribute, deleteAttribute, useRefreshVocabulary } from "./api"
import { firstErrorOf, readValues } from "./form"
import { keyOf } from "./levels"
import type { Attribute } from "./types"
import { KINDS, OWNERS } from "./words"

interface Props {
  /** Null makes a new one. */
  attribute: Attribute | null
  onClose: () => void
}

/** An attribute: what it is called, of what type it is, and which values it may have. */
export function AttributeDialog({ attribute, onClose }: Props) {
  const refresh = useRefreshVocabulary()
  const [label, setLabel] = useState(attribute?.label ?? "")
  const [ownName, setName] = useState<string | null>(attribute?.name ?? null)
  const name = ownName ?? keyOf(label)
  const [kind, setKind] = useState<Attribute["kind"]>(attribute?.kind ?? "text")
  const [owner, setOwner] = useState<Attribute["applies_to"]>(attribute?.applies_to ?? "user")
  const [allowed, setAllowed] = useState(attribute?.allowed?.join("\n") ?? "")
  const [description, setDescription] = useState(attribute?.description ?? "")
  const [busy, setBusy] = useState<"save" | "delete" | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const errors = fieldErrors(failure)
  const valuesError = firstErrorOf(errors, "allowed")
  const isShown = valuesError ?? errors.label ?? errors.name ?? errors.kind ?? errors.description
  const hasValues = kind !== "level" && kind !== "boolean"
  const lacks = (!label.trim() || !name) && "Give it a name."
  const attempt = async (what: "save" | "delete", act: () => Promise<unknown>, said: string) => {
    setBusy(what)
    setFailure(null)
    try {
      await act()
      await refresh()
      toast(said, { icon: "tag" })
      onClose()
    } catch (problem) {
      setFailure(problem)
      setBusy(null)
    }
  }
  const save = () => {
    if (lacks || busy) return
    const said = { label: label.trim(), kind, description: description.trim() }
    const values = hasValues ? readValues(kind, allowed) : null
    void attempt(
      "save",
      () =>
        attribute
          ? changeAttribute(attribute.id, { ...said, allowed: values })
          : createAttribute({ ...said, name, applies_to: owner, allowed: values }),
      `“${said.label}” is saved.`,
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={attribute ? `Change “${attribute.label}”` : "New attribute"}
      width={520}
      onSubmit={save}
      footer={
        <>
          {attribute && (
            <span className="row attribute-delete">
              <Button
                variant="danger"
                icon="trash"
                busy={busy === "delete"}
                onClick={() =>
                  void attempt("delete", () => deleteAttribute(attribute.id), `“${attribute.label}” is gone.`)
                }
              >
                Delete
              </Button>
            </span>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy === "save"} disabledReason={lacks}>
            {attribute ? "Save" : "Create"}
          </Button>
        </>
      }
    >
      <Field label="Name" required error={errors.label}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={120}
            value={label}
            onChange={({ target }) => setLabel(target.value)}
          />
        )}
      </Field>
      {!attribute && (
        <>
          <Field
            label="In conditions"
            required
            error={errors.name}
            hint={`Rules name it ${owner}.${name || "…"}`}
          >
            {(control) => (
              <TextInput
                {...control}
                mono
                maxLength={63}
                value={name}
                onChange={({ target }) => setName(target.value)}
              />
            )}
          </Field>
          <SelectField label="Of" choices={OWNERS} value={owner} onChange={setOwner} />
        </>
      )}
      <SelectField label="Type" choices={KINDS} value={kind} error={errors.kind} onChange={setKind} />
      {hasValues && (
        <Field label="Values" error={valuesError} hint="One a line; empty for any of its type.">
          {(control) => (
            <TextArea
              {...control}
              mono
              rows={4}
              value={allowed}
              onChange={({ target }) => setAllowed(target.value)}
            />
          )}
        </Field>
      )}
      <Field label="Description" error={errors.description}>
        {(control) => (
          <TextInput
            {...control}
            maxLength={500}
            value={description}
            onChange={({ target }) => setDescription(target.value)}
          />
        )}
      </Field>
      {failure !== null && !isShown && (
        <Note kind="bad">{failureText(failure, "It could not be saved.")}</Note>
      )}
    </Dialog>
  )
}
