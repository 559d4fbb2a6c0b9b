import { Link } from "wouter"
import { Badge } from "../shared/Badge"
import { Button } from "../shared/Button"
import { count, plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { Note } from "../shared/Note"
import { Opened } from "../shell/Opened"
import { useColumn } from "./api"
import { Level } from "./Level"
import type { At } from "./trace"
import type { ColumnFacts, GraphNode, Seen } from "./types"
import { impactWords, madeWords, reachWords, shapeOf } from "./words"

interface Props {
  node: GraphNode
  column: string
  /** The graph is drawn around it. */
  isFocus: boolean
  onChoose: (at: At) => void
  onFocus: () => void
  onClose: () => void
}

/** A column: how it is made, who saw it, what depends on it. */
export function ColumnPane({ node, column, isFocus, onChoose, onFocus, onClose }: Props) {
  const facts = useColumn(node.id, column)
  const type = node.columns.find(({ name }) => name === column)?.type ?? "any"
  return (
    <>
      <span className="xs subtle">Column of {node.name}</span>
      <div className="row">
        <i className={`port ${shapeOf(type)}`} title={type} />
        <h2 className="mono lin-title cut" title={column}>
          {column}
        </h2>
        <Level level={node.classification} />
      </div>
      <Opened
        what="column"
        gone="It may have been renamed, or no run has used it as you see things."
        query={facts}
        onClose={onClose}
      >
        {(found) => (
          <>
            <p className="sm muted">
              {node.kind === "step" && `Made in “${node.name}”. `}
              {reachWords(found)}
            </p>
            {!isFocus && (
              <Button size="sm" icon="lineage" onClick={onFocus}>
                Draw the graph around it
              </Button>
            )}
            <Made made={found.made} onChoose={onChoose} />
            <WhoSaw seen={found.seen} />
            <Impact impact={found.impact} />
            <Ways node={node} column={column} runs={found.runs} />
          </>
        )}
      </Opened>
    </>
  )
}

function Made({ made, onChoose }: { made: ColumnFacts["made"]; onChoose: (at: At) => void }) {
  return (
    <>
      <h3 className="h3">How it is made</h3>
      {made.length === 0 && <p className="sm muted">From outside: no step that Lockgate knows makes it.</p>}
      {made.length > 0 && (
        <dl className="kv lin-made">
          {made.map(({ from, id, column, tier, how }) => (
            <div key={`${id} ${column}`}>
              <dt>
                <button
                  type="button"
                  className="linkish mono cut"
                  title={column ? `${column} of ${from}` : from}
                  onClick={() => onChoose({ node: id, column })}
                >
                  {column ?? from}
                </button>
              </dt>
              <dd>{madeWords({ tier, how })}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  )
}

function WhoSaw({ seen }: { seen: readonly Seen[] }) {
  return (
    <section aria-label="Who saw it">
      <h3 className="h3">
        Who saw it <span className="subtle lin-plain">in 30 days</span>
      </h3>
      {seen.length === 0 && <p className="sm muted">Nobody.</p>}
      {seen.map(({ who, people, masked, count: times }) => (
        <div className="lin-use" key={`${who} ${masked}`}>
          <span className="cut">
            {who} {people > 1 && <span className="subtle">{plural(people, "person", "people")}</span>}
          </span>
          {masked ? (
            <span className="mask">
              <Icon name="eyeoff" size={12} />
              masked
            </span>
          ) : (
            <Badge>
              <Icon name="eye" size={12} />
              unmasked
            </Badge>
          )}
          <span className="num muted right">{count(times)}</span>
        </div>
      ))}
    </section>
  )
}

function Impact({ impact }: { impact: ColumnFacts["impact"] }) {
  const words = impactWords(impact)
  return (
    <section aria-label="If you change it">
      <h3 className="h3">If you change it</h3>
      {words ? (
        <Note kind="warn">
          {words}
          {impact.workflows.map(({ id, name }) => (
            <Link key={id} className="linkish lin-impacted" href={`/workflows/${id}`}>
              {name}
            </Link>
          ))}
        </Note>
      ) : (
        <p className="sm muted">Nothing that you may see reads it.</p>
      )}
    </section>
  )
}

function Ways({ node, column, runs }: { node: GraphNode; column: string; runs: number }) {
  const words = plural(runs, "run")
  return (
    <div className="row lin-ways">
      {node.workflow ? (
        <Link className="btn" href={`/runs?workflow=${node.workflow.id}`}>
          <Icon name="runs" />
          {words}
        </Link>
      ) : (
        <span className="sm muted">{words}</span>
      )}
      <Link className="btn" href={`/audit?search=${encodeURIComponent(node.workflow?.name ?? node.name)}`}>
        <Icon name="audit" />
        Audit
        <span className="sr"> of what {column} belongs to</span>
      </Link>
    </div>
  )
}
