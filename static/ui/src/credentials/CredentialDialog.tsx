import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { failureText, fieldErrors, NO_ERRORS } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, SelectInput, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { SkeletonRows } from "../shared/Skeleton"
import { createCredential, credentialTypes, updateCredential, useRefreshCredentials } from "./api"
import { CredentialFields } from "./CredentialFields"
import { dayOf, expiryOf, fieldsOf, missing, startTexts, valuesOf } from "./form"
import type { Credential, CredentialType, CredentialUse } from "./types"

interface Props {
  /** What is changed; null for a new one. */
  credential: Credential | null
  /** What a new one has to be good for. */
  use?: CredentialUse
  onSaved: (credential: Credential) => void
  onClose: () => void
}

/** Makes a credential, or changes one. What is secret is only ever written. */
export function CredentialDialog(props: Props) {
  const types = useQuery(credentialTypes).data
  const { credential, use, onClose } = props
  const offered = types?.filter((item) =>
    credential ? item.type === credential.type : use === undefined || item.use.includes(use),
  )
  if (!offered) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={titleOf(credential)}
        footer={<Button onClick={onClose}>Cancel</Button>}
      >
        <SkeletonRows rows={3} />
      </Dialog>
    )
  }
  return <Loaded {...props} types={offered} />
}

const titleOf = (credential: Credential | null) =>
  credential ? `Change “${credential.name}”` : "New credential"

function Loaded({ credential, types, onSaved, onClose }: Props & { types: readonly CredentialType[] }) {
  const refresh = useRefreshCredentials()
  const [chosen, setChosen] = useState(types[0])
  const fields = chosen ? fieldsOf(chosen.values_schema) : []
  const [name, setName] = useState(credential?.name ?? "")
  const [description, setDescription] = useState(credential?.description ?? "")
  const [day, setDay] = useState(() => dayOf(credential?.expires_at ?? null))
  const [texts, setTexts] = useState(() => startTexts(fields, credential?.fields ?? {}))
  const [errors, setErrors] = useState(NO_ERRORS)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [lack] = missing(fields, texts, credential === null)
  const reason = (!name.trim() && "A credential needs a name.") || (lack && `${lack.label} is missing.`)

  const choose = (type: string) => {
    const next = types.find((item) => item.type === type)
    setChosen(next)
    setTexts(next ? startTexts(fieldsOf(next.values_schema), {}) : {})
    setErrors(NO_ERRORS)
  }
  const save = async () => {
    if (busy || reason || !chosen) return
    setBusy(true)
    setErrors(NO_ERRORS)
    setFailure(null)
    const written = {
      name: name.trim(),
      description: description.trim(),
      values: valuesOf(fields, texts),
      expires_at: expiryOf(day, credential?.expires_at ?? null),
    }
    try {
      const saved = await (credential
        ? updateCredential(credential.id, written)
        : createCredential(chosen.type, written))
      await refresh()
      onSaved(saved)
    } catch (refusal) {
      setErrors(fieldErrors(refusal))
      setFailure(failureText(refusal, "The credential could not be saved."))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={titleOf(credential)}
      width={520}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={reason}>
            {credential ? "Save" : "Create"}
          </Button>
        </>
      }
    >
      {!credential && types.length > 1 && (
        <Field label="Kind" hint={chosen?.description}>
          {(control) => (
            <SelectInput
              {...control}
              choices={types.map(({ type, label }) => ({ value: type, label }))}
              value={chosen?.type}
              onChange={({ target }) => choose(target.value)}
            />
          )}
        </Field>
      )}
      <Field label="Name" required hint="Nodes and triggers find it by its name." error={errors.name}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={120}
            autoComplete="off"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <CredentialFields
        key={chosen?.type}
        fields={fields}
        texts={texts}
        errors={errors}
        isNew={credential === null}
        onChange={setTexts}
      />
      <Field
        label="Expires"
        hint="When its value stops working, if that is known: a rotation renews it before."
        error={errors.expires_at}
      >
        {(control) => (
          <TextInput {...control} type="date" value={day} onChange={({ target }) => setDay(target.value)} />
        )}
      </Field>
      <Field label="Description" error={errors.description}>
        {(control) => (
          <TextInput
            {...control}
            maxLength={400}
            autoComplete="off"
            value={description}
            onChange={({ target }) => setDescription(target.value)}
          />
        )}
      </Field>
      {failure && (
        <div className="dialog-note">
          <Note kind="bad">{failure}</Note>
        </div>
      )}
    </Dialog>
  )
}
