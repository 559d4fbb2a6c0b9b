import { Link } from "wouter"
import { Button, IconButton } from "../shared/Button"
import { Field, TextArea } from "../shared/Field"
import { date, moment } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { DetailPane } from "../shared/ListDetail"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { acknowledge, useRefreshCompliance } from "./api"
import { kindLabel, measureWords } from "./alertWords"
import type { Alert } from "./types"
import { useForm } from "./useForm"

interface Props {
  alert: Alert
  mayManage: boolean
  onDone: () => void
  onClose: () => void
}

/** One alert: what was measured, and what somebody found it to be. */
export function AlertPane({ alert, mayManage, onDone, onClose }: Props) {
  const by = alert.acknowledged_by?.name || alert.acknowledged_by?.email || "somebody who is gone"
  return (
    <DetailPane label="Alert">
      <header className="detail-head">
        <div className="col grow">
          <span className="xs subtle">
            {alert.who}, {date(alert.day)}
          </span>
          <h2>{kindLabel(alert.kind)}</h2>
        </div>
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <div className="detail-in">
        <Note kind={alert.acknowledged_at ? "info" : "warn"}>{alert.explanation}</Note>
        <dl className="kv">
          <dt>Measured</dt>
          <dd>{measureWords(alert)}</dd>
          <dt>Found</dt>
          <dd>{moment(alert.at)}</dd>
        </dl>
        <div className="row">
          {alert.person && (
            <Link className="btn" href={`/people?person=${alert.person.id}`}>
              <Icon name="user" />
              {alert.person.name || alert.person.email}
            </Link>
          )}
          <Link className="btn" href={`/audit?search=${encodeURIComponent(alert.who)}`}>
            <Icon name="audit" />
            What they did
          </Link>
        </div>
        {alert.acknowledged_at ? (
          <section>
            <h3 className="h3">Looked at</h3>
            <p className="sm">{alert.note}</p>
            <p className="sm muted">
              {by}, {moment(alert.acknowledged_at)}
            </p>
          </section>
        ) : (
          mayManage && <Acknowledge alert={alert} onDone={onDone} />
        )}
      </div>
    </DetailPane>
  )
}

function Acknowledge({ alert, onDone }: { alert: Alert; onDone: () => void }) {
  const refresh = useRefreshCompliance()
  const { form, setForm, busy, errors, failure, send } = useForm("", "It could not be kept.")
  const save = () =>
    send(async () => {
      await acknowledge(alert.id, form.trim())
      toast("Kept, with your name.", { icon: "check" })
      onDone()
      await refresh()
    })
  return (
    <form
      className="fw-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Field label="What it was" hint="It is kept with your name, in the audit too." error={errors.note}>
        {(field) => (
          <TextArea
            {...field}
            maxLength={1_000}
            value={form}
            onChange={({ target }) => setForm(target.value)}
          />
        )}
      </Field>
      {failure && <Note kind="bad">{failure}</Note>}
      <div className="row">
        <Button submit variant="primary" busy={busy} disabledReason={!form.trim() && "Say what it was."}>
          I looked at it
        </Button>
      </div>
    </form>
  )
}
