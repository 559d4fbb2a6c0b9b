import { Link } from "wouter"
import { LoadError } from "../shell/LoadError"
import { ago, moment, plural } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { SkeletonRows } from "../shared/Skeleton"
import { useUsage } from "./api"
import type { Credential, CredentialUsage, CredentialUser } from "./types"

/** What would fail without it, who has it in hand, and which runs were given it. */
export function UsageCards({ credential }: { credential: Credential }) {
  const usage = useUsage(credential.id)
  if (usage.isPending) return <SkeletonRows rows={2} height={36} />
  if (usage.isError)
    return <LoadError what="who uses it" error={usage.error} onRetry={() => void usage.refetch()} />
  const { users, hidden, runs, holders } = usage.data
  return (
    <>
      <section className="card list-card" aria-labelledby="impact-title">
        <header>
          <h2 id="impact-title">Impact</h2>
          <span className="xs subtle">if this credential stops working</span>
          <span className="end sm muted">
            {plural(credential.workflows, "workflow")}, {credential.running} running
          </span>
        </header>
        {users.length + hidden === 0 && <p className="body sm muted">Nothing names it.</p>}
        {users.map((user) => (
          <UserRow key={`${user.kind} ${user.id}`} user={user} />
        ))}
        {hidden > 0 && (
          <div className="use">
            <Icon name="lock" size={14} />
            <span className="muted">{hidden} more in workflows that you may not see</span>
          </div>
        )}
      </section>
      {holders.length > 0 && <Holders holders={holders} />}
      {runs.length > 0 && <Runs runs={runs} />}
    </>
  )
}

function Holders({ holders }: Pick<CredentialUsage, "holders">) {
  const now = useNow(10_000)
  return (
    <section className="card list-card" aria-labelledby="held-title">
      <header>
        <h2 id="held-title">In hand now</h2>
        <span className="xs subtle">runs that have its value at this moment</span>
      </header>
      {holders.map((holder) => (
        <div key={`${holder.run} ${holder.node} ${holder.version}`} className="use">
          <Icon name="runs" size={14} />
          <span className="cut">
            <Link className="med" href={`/runs/${holder.run}`}>
              Run {holder.number}
            </Link>{" "}
            <span className="muted">{[holder.workflow_name, holder.node].filter(Boolean).join(", ")}</span>
          </span>
          <span className="subtle xs" title={moment(holder.since)}>
            version {holder.version}, {ago(holder.since, now)}
          </span>
        </div>
      ))}
    </section>
  )
}

function Runs({ runs }: Pick<CredentialUsage, "runs">) {
  const now = useNow(30_000)
  return (
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
