import { useState } from "react"
import { failureText } from "../../api/fieldErrors"
import type { Json } from "../../shared/data/tableModel"
import { Badge } from "../../shared/Badge"
import { Button, IconButton } from "../../shared/Button"
import { ConfirmDialog } from "../../shared/ConfirmDialog"
import { ago, moment } from "../../shared/format"
import { useNow } from "../../shared/hooks/useNow"
import { ListFoot } from "../../shared/ListFoot"
import { Note } from "../../shared/Note"
import { SkeletonRows } from "../../shared/Skeleton"
import { toast } from "../../shared/toast"
import { rollBack, useRevision, useRevisions } from "../api"
import type { Policy, Revision } from "../types"
import "./RevisionsPane.css"

interface Props {
  policy: Policy
  readOnly: boolean
  onClose: () => void
  onBack: (policy: Policy) => void
}

/** What the policy said before, what each revision changed, and the way back to one. */
export function RevisionsPane({ policy, readOnly, onClose, onBack }: Props) {
  const now = useNow(30_000)
  const list = useRevisions(policy.id)
  const [open, setOpen] = useState<number | null>(policy.revision)
  const [back, setBack] = useState<Revision | null>(null)
  const revisions = list.data?.pages.flatMap((page) => page.results) ?? []
  return (
    <section className="policy-half is-side" aria-label="Revisions">
      <div className="toolbar">
        <h2 className="h2">Revisions</h2>
        <span className="end">
          <IconButton label="Close the revisions" icon="x" size="sm" variant="ghost" onClick={onClose} />
        </span>
      </div>
      <div className="policy-in scroll">
        {list.isPending && <SkeletonRows rows={4} />}
        {list.isError && <Note kind="bad">{failureText(list.error, "The revisions can’t be read.")}</Note>}
        <ol className="revisions" aria-label="Revisions">
          {revisions.map((revision) => (
            <li key={revision.number}>
              <div className="row g2">
                <button
                  type="button"
                  className="revision-name grow"
                  aria-expanded={open === revision.number}
                  onClick={() => setOpen(open === revision.number ? null : revision.number)}
                >
                  <b className="med">Revision {revision.number}</b>
                  {revision.number === policy.revision && <Badge kind="accent">now</Badge>}
                  <span className="xs subtle" title={moment(revision.at)}>
                    {revision.by?.name || revision.by?.email || "somebody"}, {ago(revision.at, now)}
                  </span>
                </button>
                {!readOnly && revision.number !== policy.revision && (
                  <Button size="sm" icon="undo" onClick={() => setBack(revision)}>
                    Roll back
                  </Button>
                )}
              </div>
              {revision.note && <p className="sm muted revision-note">{revision.note}</p>}
              {open === revision.number && <Changes policy={policy.id} number={revision.number} />}
            </li>
          ))}
        </ol>
        {list.hasNextPage && (
          <ListFoot more loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()}>
            {revisions.length} shown
          </ListFoot>
        )}
      </div>
      {back && (
        <ConfirmDialog
          title={`Go back to revision ${back.number}`}
          action="Roll back"
          variant="primary"
          onClose={() => setBack(null)}
          onConfirm={async () => {
            const after = await rollBack(policy.id, back.number, policy.revision, "")
            setBack(null)
            toast(`Revision ${after.revision} says what revision ${back.number} said.`, { icon: "history" })
            onBack(after)
          }}
        >
          What revision {back.number} said becomes revision {policy.revision + 1}
          {policy.in_force ? ", in force at once." : "."} Nothing is lost: revision {policy.revision} stays in
          this list.
        </ConfirmDialog>
      )}
    </section>
  )
}

function Changes({ policy, number }: { policy: string; number: number }) {
  const revision = useRevision(policy, number)
  if (revision.isPending) return <SkeletonRows rows={1} height={32} />
  if (revision.isError) return <Note kind="bad">{failureText(revision.error, "It can’t be read.")}</Note>
  const { changes } = revision.data
  if (changes.length === 0)
    return <p className="sm subtle revision-note">It says what the one before said.</p>
  return (
    <dl className="revision-changes" aria-label={`Changes of revision ${number}`}>
      {changes.map(({ path, before, after }) => (
        <div key={path}>
          <dt>
            <code>{path}</code>
          </dt>
          <dd>
            {before !== null && <del>{textOf(before as Json)}</del>}
            {after !== null && <ins>{textOf(after as Json)}</ins>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value))
