import { lazy, Suspense, useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import type { Workflow } from "../api/types"
import { Section } from "../inspector/Section"
import { WordsField } from "../inspector/WordsField"
import { Button } from "../shared/Button"
import { Field, TextInput } from "../shared/Field"
import { Icon } from "../shared/icons/Icon"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { saveWorkflowAccess, useRefreshAccess } from "./api"
import { GrantList } from "./GrantList"
import { LevelField } from "./LevelField"
import { tagProblem } from "./tags"
import type { WorkflowAccess } from "./types"
import "./access.css"

const ShareDialog = lazy(() => import("./ShareDialog"))

const accessOf = ({ classification, department, region, tags }: Workflow): WorkflowAccess => ({
  classification,
  department,
  region,
  tags,
})

/** In the panel of the workflow: what it is to the policies, and with whom it is shared. */
export default function WorkflowAccessSection({ workflow }: { workflow: Workflow }) {
  const editable = workflow.can.includes("workflow.edit")
  const mayShare = workflow.can.includes("grant.manage")
  const [sharing, setSharing] = useState(false)
  return (
    <Section
      title="Access"
      end={
        mayShare && (
          <Button size="sm" icon="user" onClick={() => setSharing(true)}>
            Share
          </Button>
        )
      }
    >
      <div className="form">
        <AccessForm key={JSON.stringify(accessOf(workflow))} workflow={workflow} editable={editable} />
        {mayShare && <GrantList workflow={workflow} />}
      </div>
      <Suspense>{sharing && <ShareDialog workflow={workflow} onClose={() => setSharing(false)} />}</Suspense>
    </Section>
  )
}

function AccessForm({ workflow, editable }: { workflow: Workflow; editable: boolean }) {
  const known = accessOf(workflow)
  const refresh = useRefreshAccess()
  const [access, setAccess] = useState(known)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const isChanged = JSON.stringify(access) !== JSON.stringify(known)
  const errors = fieldErrors(failure)
  const save = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await saveWorkflowAccess(workflow.id, access)
      await refresh()
      toast("What policies know of this workflow is saved.", { icon: "lock" })
    } catch (reason) {
      setFailure(reason)
    } finally {
      setBusy(false)
    }
  }
  const text = (key: "department" | "region", label: string) => (
    <Field label={label} error={errors[key]}>
      {(control) => (
        <TextInput
          {...control}
          readOnly={!editable}
          placeholder="not set"
          value={access[key]}
          onChange={({ target }) => setAccess({ ...access, [key]: target.value })}
        />
      )}
    </Field>
  )
  return (
    <>
      <LevelField
        value={access.classification}
        readOnly={!editable}
        error={errors.classification}
        onChange={(classification) => setAccess({ ...access, classification })}
      />
      <div className="access-pair">
        {text("department", "Department")}
        {text("region", "Region")}
      </div>
      <WordsField
        label="Tags"
        phrases
        value={access.tags}
        check={tagProblem}
        readOnly={!editable}
        placeholder="none"
        error={errors.tags}
        onChange={(words) => setAccess({ ...access, tags: words ?? [] })}
      />
      {failure !== null && Object.keys(errors).length === 0 && (
        <Note kind="bad">{failureText(failure, "It could not be saved.")}</Note>
      )}
      {isChanged && editable && (
        <div className="row g2">
          <Button size="sm" variant="primary" busy={busy} onClick={() => void save()}>
            Save
          </Button>
          <Button size="sm" onClick={() => setAccess(known)}>
            Reset
          </Button>
          <span className="xs subtle row g1">
            <Icon name="info" size={12} />
            Holds at once, also for runs under way.
          </span>
        </div>
      )}
    </>
  )
}
