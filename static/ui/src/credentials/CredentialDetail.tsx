import { Fragment, useState } from "react"
import { Link } from "wouter"
import { LoadError } from "../shell/LoadError"
import { Opened } from "../shell/Opened"
import { Button, IconButton } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { ago, date, moment, plural } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { DetailPane } from "../shared/ListDetail"
import { asWords } from "../shared/names"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { deleteCredential, useCredential, useRefreshCredentials, useUsage } from "./api"
import { CredentialDialog } from "./CredentialDialog"
import { RotationCard } from "./RotationCard"
import { typeLabel } from "./CredentialTable"
import type { Credential, CredentialType, CredentialUser } from "./types"

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
            <dt>Changed</dt>
            <dd title={moment(credential.updated_at)}>{ago(credential.updated_at, now)}</dd>
          </div>
        </dl>
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
          <dt>Made</dt>
          <dd title={moment(credential.created_at)}>
            {ago(credential.created_at, now)}
            {by && ` by ${by}`}
          </dd>
        </dl>
        <RotationCard credential={credential} />
        <Usage id={credential.id} />
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

function Usage({ id }: { id: string }) {
  const usage = useUsage(id)
  const now = useNow(30_000)
  if (usage.isPending) return <SkeletonRows rows={2} height={36} />
  if (usage.isError)
    return <LoadError what="who uses it" error={usage.error} onRetry={() => void usage.refetch()} />
  const { users, runs } = usage.data
  return (
    <>
      <section className="card list-card" aria-labelledby="impact-title">
        <header>
          <h2 id="impact-title">Impact</h2>
          <span className="xs subtle">if this credential stops working</span>
          <span className="end sm muted">{plural(users.length, "place")}</span>
        </header>
        {users.length === 0 && <p className="body sm muted">Nothing names it.</p>}
        {users.map((user) => (
          <UserRow key={`${user.kind} ${user.id}`} user={user} />
        ))}
      </section>
      {runs.length > 0 && (
        <section className="card list-card" aria-labelledby="used-title">
          <header>
            <h2 id="used-title">Last uses</h2>
          </header>
          {runs.map((run) => (
            <div key={`${run.id} ${run.version}`} className="use">
              <Icon name="runs" size={14} />
              <span className="cut">
                <Link className="med" href={`/runs/${run.id}`}>
                  Run {run.number}
                </Link>{" "}
                <span className="muted">{run.workflow_name}</span>
              </span>
              <span className="subtle xs" title={moment(run.used_at)}>
                version {run.version}, {ago(run.used_at, now)}
              </span>
            </div>
          ))}
        </section>
      )}
    </>
  )
}

const USER_ICONS = {
  workflow: "workflow",
  version: "workflow",
  draft: "workflow",
  run: "runs",
  trigger: "bolt",
  notice: "bell",
} as const

function UserRow({ user }: { user: CredentialUser }) {
  const query = user.kind === "trigger" ? `?trigger=${user.id}` : ""
  const address = user.kind === "run" ? `/runs/${user.id}` : `/workflows/${user.workflow}${query}`
  return (
    <div className="use">
      <Icon name={USER_ICONS[user.kind]} size={14} />
      <span className="cut">
        <Link className="med" href={address}>
          {user.name}
        </Link>{" "}
        <span className="muted">{user.nodes.join(", ")}</span>
      </span>
      <span className="subtle xs">{user.kind}</span>
    </div>
  )
}
