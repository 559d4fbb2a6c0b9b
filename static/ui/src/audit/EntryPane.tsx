import { Link } from "wouter"
import { Opened } from "../shell/Opened"
import { IconButton } from "../shared/Button"
import type { Json } from "../shared/data/tableModel"
import { count, moment } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { DetailPane } from "../shared/ListDetail"
import { Note } from "../shared/Note"
import { Prose } from "../shared/Prose"
import { useEntry } from "./api"
import { changesOf } from "./changes"
import type { EntryDetail } from "./types"
import { actorName, objectWords, pageOf, shortHash, titleOf } from "./words"

interface Props {
  id: number
  onClose: () => void
}

/** One entry: who did what to what, by which rule, what it changed, and the seal over it. */
export function EntryPane({ id, onClose }: Props) {
  const entry = useEntry(id)
  return (
    <DetailPane label="Entry">
      <Opened
        what="entry"
        gone="Entries are never deleted: look at its number."
        query={entry}
        onClose={onClose}
      >
        {(found) => <Loaded entry={found} onClose={onClose} />}
      </Opened>
    </DetailPane>
  )
}

/** By what they were known. */
function via({ actor }: EntryDetail): string | null {
  if (actor.via === "session") return "signed in"
  return actor.via === "token" ? `by the API token ${actor.token || "of theirs"}` : null
}

function Loaded({ entry, onClose }: { entry: EntryDetail; onClose: () => void }) {
  const page = pageOf(entry)
  return (
    <>
      <header className="detail-head">
        <div className="col grow">
          <span className="xs subtle num">
            Entry {count(entry.id)} · {moment(entry.at)}
          </span>
          <h2>{titleOf(entry)}</h2>
        </div>
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <div className="detail-in">
        {(entry.reason || entry.rule) && <Why entry={entry} />}
        <h3 className="h3">Facts</h3>
        <dl className="kv">
          <dt>Who</dt>
          <dd>
            {actorName(entry)}
            {entry.actor.name && entry.actor.email && <span className="subtle"> {entry.actor.email}</span>}
            {via(entry) && <span className="subtle">, {via(entry)}</span>}
          </dd>
          <dt>Action</dt>
          <dd>
            <code>{entry.action}</code>
          </dd>
          <dt>Object</dt>
          <dd>
            {page ? (
              <Link className="linkish" href={page}>
                {objectWords(entry)}
              </Link>
            ) : (
              objectWords(entry) || "–"
            )}
          </dd>
          {entry.ip && (
            <>
              <dt>From</dt>
              <dd>
                <code>{entry.ip}</code>
              </dd>
            </>
          )}
          {entry.request_id && (
            <>
              <dt>Request</dt>
              <dd>
                <code>{entry.request_id}</code>
              </dd>
            </>
          )}
        </dl>
        <Changes before={entry.before as Json} after={entry.after as Json} />
        <h3 className="h3">Seal</h3>
        <Seal entry={entry} />
      </div>
    </>
  )
}

function Why({ entry }: { entry: EntryDetail }) {
  const isDenied = entry.decision === "denied"
  return (
    <Note kind={isDenied ? "bad" : "info"} icon={isDenied ? "shieldx" : "shieldcheck"}>
      {entry.reason && <Prose text={entry.reason} />}
      {entry.rule && (
        <span className="audit-rule">
          Rule: <code>{entry.rule}</code>
        </span>
      )}
    </Note>
  )
}

function Changes({ before, after }: { before: Json; after: Json }) {
  const changes = changesOf(before, after)
  if (changes.length === 0) return null
  return (
    <>
      <h3 className="h3">{before === null ? "With" : after === null ? "Before" : "Before and after"}</h3>
      <dl className="audit-changes">
        {changes.map(({ field, before: was, after: is }) => (
          <div key={field}>
            <dt>{field}</dt>
            <dd>
              {was !== null && before !== null && after !== null && <del>{was}</del>}
              {was !== null && after === null && <span>{was}</span>}
              {is !== null && (before === null ? <span>{is}</span> : <ins>{is}</ins>)}
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

/** From the entry by its hash to the seal that covers it. */
function Seal({ entry }: { entry: EntryDetail }) {
  if (!entry.seal) return <p className="sm muted">Not sealed yet: that takes about a second.</p>
  return (
    <div className="audit-proof">
      <span>{count(entry.id)}</span>
      <Icon name="arrow" size={12} />
      {entry.hash && (
        <>
          <span title={entry.hash}>{shortHash(entry.hash)}</span>
          <Icon name="arrow" size={12} />
        </>
      )}
      <span title={`${moment(entry.seal.at)}, root ${entry.seal.root}`}>seal {count(entry.seal.number)}</span>
    </div>
  )
}
