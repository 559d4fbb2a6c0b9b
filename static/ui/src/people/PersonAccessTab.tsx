import { useState } from "react"
import { Link } from "wouter"
import { LoadError } from "../shell/LoadError"
import { Badge } from "../shared/Badge"
import { Button } from "../shared/Button"
import { moment } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { Note } from "../shared/Note"
import { Segmented } from "../shared/Segmented"
import { SkeletonRows } from "../shared/Skeleton"
import { ANSWERS, keptOf, summaryOf, typeWords } from "./accessWords"
import { usePersonAccess } from "./api"
import type { ActionAccess, Member, PersonAccess, WorkflowAccess } from "./types"

type Kept = ActionAccess["answer"] | "all"

const KEPT: readonly { value: Kept; label: string }[] = [
  { value: "all", label: "All" },
  { value: "always", label: "Always" },
  { value: "sometimes", label: "Depends" },
  { value: "never", label: "Never" },
]

/** What somebody may do now, and by which rule. */
export function PersonAccessTab({ person }: { person: Member }) {
  const access = usePersonAccess(person.id)
  const [kept, setKept] = useState<Kept>("all")
  const first = access.data?.pages[0]
  if (access.isPending) return <SkeletonRows />
  if (!first) {
    return <LoadError what="what they may do" error={access.error} onRetry={() => void access.refetch()} />
  }
  const workflows = access.data?.pages.flatMap((page) => page.workflows.results) ?? []
  return (
    <>
      {!first.is_active && <Note icon="ban">Deactivated: nothing is allowed until activated again.</Note>}
      <p className="xs subtle">
        {summaryOf(first.types)}. As of {moment(first.at)}, without an address and a fresh second factor:
        rules that ask for these count as not fulfilled.
      </p>
      <RoleNames roles={first.roles} />
      <Segmented small label="Which answers" options={KEPT} value={kept} onChange={setKept} />
      {keptOf(first.types, kept === "all" ? null : kept).map(({ type, actions }) => (
        <section key={type} className="access-type" aria-label={typeWords(type)}>
          <h3 className="h3">{typeWords(type)}</h3>
          <ul>
            {actions.map((each) => (
              <ActionRow key={each.action} about={each} />
            ))}
          </ul>
        </section>
      ))}
      <section className="access-type" aria-label="With each workflow">
        <h3 className="h3">With each workflow</h3>
        {workflows.length === 0 && <p className="sm muted">There are no workflows that you can see.</p>}
        {workflows.length > 0 && <WorkflowTable workflows={workflows} />}
        {access.hasNextPage && (
          <Button busy={access.isFetchingNextPage} onClick={() => void access.fetchNextPage()}>
            More workflows
          </Button>
        )}
      </section>
    </>
  )
}

function RoleNames({ roles }: Pick<PersonAccess, "roles">) {
  return (
    <div className="row g1 wrap">
      <span className="xs subtle">Roles, with those they inherit from:</span>
      {roles.map((role) => (
        <Badge key={role.key}>{role.label}</Badge>
      ))}
      {roles.length === 0 && <span className="xs subtle">none</span>}
    </div>
  )
}

function ActionRow({ about }: { about: ActionAccess }) {
  const { label, icon, look } = ANSWERS[about.answer]
  return (
    <li className="access-row">
      <span className={`access-mark ${look}`}>
        <Icon name={icon} size={12} />
        {label}
      </span>
      <span className="col">
        <span className="sm">{about.label}</span>
        <span className="xs subtle">
          {about.reason}
          {about.policies.length > 0 && (
            <>
              {" "}
              Policies: <PolicyKeys keys={about.policies} />.
            </>
          )}
          {about.missing.length > 0 && ` Missing: ${about.missing.join(", ")}.`}
        </span>
      </span>
    </li>
  )
}

function PolicyKeys({ keys }: { keys: readonly string[] }) {
  return keys.map((key, at) => (
    <span key={key}>
      {at > 0 && ", "}
      <Link className="linkish" href={`/policies?search=${encodeURIComponent(key)}`}>
        {key}
      </Link>
    </span>
  ))
}

const COLUMNS = [
  { action: "workflow.view", label: "See" },
  { action: "workflow.run", label: "Run" },
  { action: "workflow.edit", label: "Edit" },
  { action: "workflow.publish", label: "Publish" },
  { action: "workflow.delete", label: "Delete" },
]

function WorkflowTable({ workflows }: { workflows: readonly WorkflowAccess[] }) {
  return (
    <table className="list dense access-table" aria-label="With each workflow">
      <thead>
        <tr>
          <th scope="col">Workflow</th>
          {COLUMNS.map(({ action, label }) => (
            <th key={action} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {workflows.map((workflow) => (
          <tr key={workflow.id}>
            <td>
              <Link className="title cut" href={`/workflows/${workflow.id}`}>
                {workflow.name}
              </Link>
            </td>
            {COLUMNS.map(({ action }) => (
              <td key={action}>
                <Verdict verdict={workflow.actions[action]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Verdict({ verdict }: { verdict: WorkflowAccess["actions"][string] | undefined }) {
  if (!verdict) return null
  const { label, icon, look } = ANSWERS[verdict.allowed ? "always" : "never"]
  const why = verdict.policies.length > 0 ? verdict.policies.join(", ") : verdict.rule.replaceAll("_", " ")
  return (
    <span className={`access-mark ${look}`} title={`By: ${why}`}>
      <Icon name={icon} size={12} />
      <span className="sr">
        {verdict.allowed ? "Yes" : label}, by {why}
      </span>
    </span>
  )
}
