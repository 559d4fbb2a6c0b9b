import { useState } from "react"
import { failureText } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Note } from "../shared/Note"
import { Segmented } from "../shared/Segmented"
import { beginView, usePersonAttributes } from "./api"
import { attributesOf } from "./attributes"
import { PersonList } from "./PersonList"
import { StatedFields } from "./StatedFields"
import type { About, Member, ViewAs, Viewer } from "./types"
import "./viewas.css"

interface Props {
  about: About
  onBegun: (viewed: ViewAs) => void
  onClose: () => void
}

const WHO = [
  { value: "person", label: "A person" },
  { value: "stated", label: "Roles and attributes" },
] as const

/** Through whose eyes: a person's, or those of somebody with roles and attributes that are chosen here. */
export default function ViewAsDialog({ about, onBegun, onClose }: Props) {
  const [who, setWho] = useState<"person" | "stated">("person")
  const [person, setPerson] = useState<Member | null>(null)
  const [roles, setRoles] = useState<string[]>(["viewer"])
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({})
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const { values, errors } = attributesOf(usePersonAttributes(), texts)
  const lacks =
    who === "person"
      ? !person && "Choose somebody first."
      : Object.keys(errors).length > 0 && "Mend what is marked first."
  const begin = async () => {
    if (lacks || busy) return
    setBusy(true)
    setFailure(null)
    const viewer: Viewer =
      who === "person" ? { user: person?.id } : { subject: { roles, attributes: values } }
    try {
      onBegun(await beginView(about, viewer))
    } catch (problem) {
      setFailure(problem)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="View as"
      width={520}
      onSubmit={() => void begin()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={lacks}>
            Look
          </Button>
        </>
      }
    >
      <div className="view-form">
        <p className="sm muted">
          The page as they would see it, with what they may not see marked. You never see more than you may
          yourself. It is kept in the audit.
        </p>
        <Segmented label="Through whose eyes" options={WHO} value={who} onChange={setWho} />
        {who === "person" ? (
          <PersonList chosen={person} onChoose={setPerson} />
        ) : (
          <StatedFields
            roles={roles}
            onRoles={setRoles}
            texts={texts}
            errors={errors}
            onText={(name, text) => setTexts({ ...texts, [name]: text })}
          />
        )}
        {failure !== null && <Note kind="bad">{failureText(failure, "It could not be begun.")}</Note>}
      </div>
    </Dialog>
  )
}
