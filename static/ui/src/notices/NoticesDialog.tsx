import { useState } from "react"
import { failureText, fieldErrors, NO_ERRORS } from "../api/fieldErrors"
import { LoadError } from "../shell/LoadError"
import { Button, IconButton } from "../shared/Button"
import CredentialSelect from "../credentials/CredentialSelect"
import { Dialog } from "../shared/Dialog"
import { Field, SelectInput, TextInput, Toggle } from "../shared/Field"
import { Note } from "../shared/Note"
import { Prose } from "../shared/Prose"
import { SkeletonRows } from "../shared/Skeleton"
import { Tabs } from "../shared/Tabs"
import { toast } from "../shared/toast"
import { saveNotices, useNotices, useRefreshNotices } from "./api"
import { SendingList } from "./SendingList"
import { APPROVERS, OCCASIONS, type Channel, type Notice, type Occasion, type WorkflowNotices } from "./types"
import { CHANNEL_LABELS, newNotice, OCCASION_LABELS } from "./words"
import "./notices.css"

interface Props {
  workflow: { id: string; name: string }
  onClose: () => void
}

/** Who is told about the runs of a workflow, and what was sent. */
export default function NoticesDialog({ workflow, onClose }: Props) {
  const notices = useNotices(workflow.id)
  if (notices.data) return <Loaded workflow={workflow} known={notices.data} onClose={onClose} />
  return (
    <Dialog
      open
      onClose={onClose}
      title={titleOf(workflow)}
      width={760}
      footer={<Button onClick={onClose}>Close</Button>}
    >
      {notices.isError ? (
        <LoadError what="the notices" error={notices.error} onRetry={() => void notices.refetch()} />
      ) : (
        <SkeletonRows rows={3} />
      )}
    </Dialog>
  )
}

const titleOf = (workflow: Props["workflow"]) => `Notices of “${workflow.name}”`

type Tab = "who" | "sent"

function Loaded({ workflow, known, onClose }: Props & { known: WorkflowNotices }) {
  const mayManage = known.can.includes("notification.manage")
  const refresh = useRefreshNotices()
  const [tab, setTab] = useState<Tab>("who")
  const [notices, setNotices] = useState(known.notices)
  const [errors, setErrors] = useState(NO_ERRORS)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const changed = JSON.stringify(notices) !== JSON.stringify(known.notices)
  const change = (at: number, next: Notice) =>
    setNotices(notices.map((notice, index) => (index === at ? next : notice)))

  const save = async () => {
    if (busy || !changed) return
    setBusy(true)
    setErrors(NO_ERRORS)
    setFailure(null)
    try {
      await saveNotices(workflow.id, notices)
      await refresh()
      toast("The notices are saved.", { icon: "bell" })
      onClose()
    } catch (reason) {
      setErrors(fieldErrors(reason))
      setFailure(failureText(reason, "The notices could not be saved."))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={titleOf(workflow)}
      width={760}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>{mayManage && tab === "who" ? "Cancel" : "Close"}</Button>
          {mayManage && tab === "who" && (
            <Button variant="primary" submit busy={busy} disabledReason={!changed && "Nothing is changed."}>
              Save
            </Button>
          )}
        </>
      }
    >
      <Tabs
        label="Notices"
        panel="notices"
        value={tab}
        onChange={setTab}
        tabs={[
          { id: "who", label: "Who is told" },
          { id: "sent", label: "Sent" },
        ]}
      />
      <div
        className="notices-tab"
        role="tabpanel"
        id={`notices-${tab}`}
        aria-labelledby={`notices-${tab}-tab`}
      >
        {tab === "sent" ? (
          <SendingList workflow={workflow.id} status={null} />
        ) : (
          <>
            {notices.length === 0 && <p className="sm muted">Nobody is told about runs of this workflow.</p>}
            {!known.email.ready && notices.some(needsRelay) && (
              <Note kind="warn">
                <Prose text={known.email.why} />
              </Note>
            )}
            <div className="notice-rows">
              {notices.map((notice, at) => (
                // they have no identity but their place
                <Row
                  key={at}
                  at={at}
                  notice={notice}
                  errors={errors}
                  readOnly={!mayManage}
                  onChange={(next) => change(at, next)}
                  onRemove={() => setNotices(notices.filter((_, index) => index !== at))}
                />
              ))}
            </div>
            {mayManage && (
              <span>
                <Button size="sm" icon="plus" onClick={() => setNotices([...notices, newNotice()])}>
                  Add a notice
                </Button>
              </span>
            )}
            {failure && <Note kind="bad">{failure}</Note>}
          </>
        )}
      </div>
    </Dialog>
  )
}

const needsRelay = (notice: Notice): boolean => notice.channel === "email" && !notice.credential

interface RowProps {
  at: number
  notice: Notice
  errors: typeof NO_ERRORS
  readOnly: boolean
  onChange: (notice: Notice) => void
  onRemove: () => void
}

function Row({ at, notice, errors, readOnly, onChange, onRemove }: RowProps) {
  const error = (field: string) => errors[`notices.${at}.${field}`]
  const isMail = notice.channel === "email"
  const mayAskApprovers = isMail && notice.on === "waiting_approval"
  const toApprovers = notice.address === APPROVERS
  return (
    <fieldset className="notice-row">
      <legend className="sr">Notice {at + 1}</legend>
      <Field label="When" error={error("on")}>
        {(control) => (
          <SelectInput
            {...control}
            disabled={readOnly}
            choices={OCCASIONS.map((value) => ({ value, label: OCCASION_LABELS[value] }))}
            value={notice.on}
            onChange={({ target }) => onChange({ ...notice, on: target.value as Occasion })}
          />
        )}
      </Field>
      <Field label="By" error={error("channel")}>
        {(control) => (
          <SelectInput
            {...control}
            disabled={readOnly}
            choices={(Object.keys(CHANNEL_LABELS) as Channel[]).map((value) => ({
              value,
              label: CHANNEL_LABELS[value],
            }))}
            value={notice.channel}
            onChange={({ target }) =>
              onChange({ ...notice, channel: target.value as Channel, address: "", credential: "" })
            }
          />
        )}
      </Field>
      {mayAskApprovers && (
        <div className="notice-wide">
          <Toggle
            label="To those who may approve"
            checked={toApprovers}
            disabled={readOnly}
            onChange={(on) => onChange({ ...notice, address: on ? APPROVERS : "" })}
          />
        </div>
      )}
      {!(mayAskApprovers && toApprovers) && (
        <Field label={isMail ? "E-mail address" : "Address"} required error={error("address")}>
          {(control) => (
            <TextInput
              {...control}
              type={isMail ? "email" : "url"}
              mono={!isMail}
              readOnly={readOnly}
              autoComplete="off"
              placeholder={isMail ? undefined : "https://"}
              value={notice.address}
              onChange={({ target }) => onChange({ ...notice, address: target.value })}
            />
          )}
        </Field>
      )}
      <CredentialSelect
        label={isMail ? "Mail server" : "Signed with"}
        use={isMail ? "mail" : "signature"}
        hint={isMail ? "None: the server's own." : undefined}
        value={notice.credential}
        error={error("credential")}
        readOnly={readOnly}
        onChange={(credential) => onChange({ ...notice, credential: credential ?? "" })}
      />
      {!readOnly && (
        <IconButton label={`Remove notice ${at + 1}`} icon="x" size="sm" variant="ghost" onClick={onRemove} />
      )}
    </fieldset>
  )
}
