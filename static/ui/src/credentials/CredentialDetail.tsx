import { Fragment, useState } from "react"
import { Opened } from "../shell/Opened"
import { Button, IconButton } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { ago, date, moment } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { DetailPane } from "../shared/ListDetail"
import { asWords } from "../shared/names"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { deleteCredential, useCredential, useRefreshCredentials } from "./api"
import { CredentialDialog } from "./CredentialDialog"
import { RotationCard } from "./RotationCard"
import { typeLabel } from "./CredentialTable"
import { TestButton } from "./TestButton"
import { UsageCards } from "./UsageCards"
import type { Credential, CredentialType } from "./types"

interface Props {
  id: string
  types: readonly CredentialType[]
  onClose: () => void
}

/** A credential beside the list: what is not secret of it, and who uses it. */
export function CredentialDetail({ id, types, onClose }: Props) {
  const credential = useCredential(id)
  return (
    <DetailPane label="Credential">
      <Opened what="credential" query={credential} onClose={onClose}>
        {(found) => <Loaded credential={found} types={types} onClose={onClose} />}
      </Opened>
    </DetailPane>
  )
}

function Loaded({ credential, types, onClose }: { credential: Credential } & Omit<Props, "id">) {
  const now = useNow(30_000)
  const [open, setOpen] = useState<"edit" | "delete" | null>(null)
  const may = (action: string) => credential.can.includes(action)
  const by = credential.created_by?.name || credential.created_by?.email
  const changedBy = credential.updated_by?.name || credential.updated_by?.email
  const shown = Object.entries(credential.fields)
  return (
    <>
      <header className="detail-head">
        <span className="tile lg is-data">
          <Icon name="key" />
        </span>
        <div className="col grow">
          <h2 className="cut">{credential.name}</h2>
          <span className="xs subtle cut">{typeLabel(types, credential.type)}</span>
        </div>
        {may("credential.use") && <TestButton credential={credential} />}
        {may("credential.edit") && (
          <Button icon="note" onClick={() => setOpen("edit")}>
            Change
          </Button>
        )}
        {may("credential.delete") && (
          <IconButton label="Delete" icon="trash" variant="danger" onClick={() => setOpen("delete")} />
        )}
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <div className="detail-in">
        <dl className="figures">
          <div>
            <dt>Version</dt>
            <dd className="num">{credential.version}</dd>
          </div>
          <div>
            <dt>Last used</dt>
            <dd>{credential.last_used_at ? ago(credential.last_used_at, now) : "Not yet"}</dd>
          </div>
          <div>
            <dt>Expires</dt>
            <dd title={credential.expires_at ? moment(credential.expires_at) : undefined}>
              {credential.expires_at ? date(credential.expires_at, now) : "Not known"}
            </dd>
          </div>
          <div>
            <dt>Owner</dt>
            <dd className="cut">{by ?? "Nobody"}</dd>
          </div>
        </dl>
        <HealthNote credential={credential} />
        {credential.description && <p className="sm">{credential.description}</p>}
        <dl className="kv">
          {shown.map(([name, value]) => (
            <Fragment key={name}>
              <dt>{asWords(name)}</dt>
              <dd className="mono">{String(value ?? "") || "–"}</dd>
            </Fragment>
          ))}
          {credential.secret_fields.map((name) => (
            <Fragment key={name}>
              <dt>{asWords(name)}</dt>
              <dd>
                <span aria-hidden="true">••••••••</span> <span className="subtle">kept encrypted</span>
              </dd>
            </Fragment>
          ))}
          <dt>Changed</dt>
          <dd title={moment(credential.updated_at)}>
            {ago(credential.updated_at, now)}
            {changedBy && ` by ${changedBy}`}
          </dd>
          <dt>Made</dt>
          <dd title={moment(credential.created_at)}>{ago(credential.created_at, now)}</dd>
        </dl>
        <RotationCard credential={credential} />
        <UsageCards credential={credential} />
      </div>
      {open === "edit" && (
        <CredentialDialog
          credential={credential}
          onClose={() => setOpen(null)}
          onSaved={(saved) => {
            setOpen(null)
            toast(`“${saved.name}” is version ${saved.version} now.`, { icon: "key" })
          }}
        />
      )}
      {open === "delete" && (
        <DeleteCredential
          credential={credential}
          onClose={() => setOpen(null)}
          onDeleted={() => {
            setOpen(null)
            onClose()
          }}
        />
      )}
    </>
  )
}

function DeleteCredential(props: { credential: Credential; onClose: () => void; onDeleted: () => void }) {
  const { credential, onClose, onDeleted } = props
  const refresh = useRefreshCredentials()
  return (
    <ConfirmDialog
      title={`Delete “${credential.name}”`}
      action="Delete"
      onClose={onClose}
      onConfirm={async () => {
        await deleteCredential(credential.id)
        toast(`“${credential.name}” is deleted.`, { icon: "trash" })
        onDeleted()
        await refresh()
      }}
    >
      <p>Its value goes for good, with all its versions. One that is used cannot be deleted.</p>
    </ConfirmDialog>
  )
}

/** How it is doing and what its last test told. */
function HealthNote({ credential }: { credential: Credential }) {
  const now = useNow(30_000)
  const { health, test } = credential
  const kind = { ok: "ok", expiring: "warn", expired: "bad", failing: "bad", unknown: "info" } as const
  return (
    <Note kind={kind[health.state]}>
      {health.reason}
      {test && (
        <span className="subtle">
          {" "}
          {test.ok ? `Tested ${ago(test.at, now)}: ${test.reason}` : `Tested ${ago(test.at, now)}.`}
        </span>
      )}
    </Note>
  )
}
