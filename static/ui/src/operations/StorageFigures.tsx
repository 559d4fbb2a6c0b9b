import { ago, bytes, count, moment, plural } from "../shared/format"
import type { Storage } from "./api"

const PARTS = [
  ["values", "values"],
  ["events", "events"],
  ["logs", "logs"],
] as const

/** What the runs of a workflow take up, and what came back when old ones went. */
export function StorageFigures({ storage }: { storage: Storage }) {
  const { bytes: sizes, freed, oldest } = storage
  return (
    <section className="storage" aria-label="Storage">
      <p className="storage-total">
        <b className="num">{bytes(sizes.total)}</b>
        <span className="muted">
          {" "}
          in {plural(storage.runs, "run")} with {plural(storage.events, "event")}
          {oldest && (
            <>
              , the oldest{" "}
              <time dateTime={oldest} title={moment(oldest)}>
                {ago(oldest)}
              </time>
            </>
          )}
        </span>
      </p>
      {sizes.total > 0 && (
        <span className="meter" aria-hidden="true">
          {PARTS.map(([part]) => (
            <i
              key={part}
              className={`is-${part}`}
              style={{ width: `${(100 * sizes[part]) / sizes.total}%` }}
            />
          ))}
        </span>
      )}
      <ul className="storage-parts">
        {PARTS.map(([part, label]) => (
          <li key={part}>
            <i className={`is-${part}`} aria-hidden="true" />
            <span className="num">{bytes(sizes[part])}</span> <span className="muted">{label}</span>
          </li>
        ))}
        {freed && (freed.bytes > 0 || freed.runs > 0) && (
          <li className="storage-freed muted">
            {bytes(freed.bytes)} freed with {count(freed.runs)} old {freed.runs === 1 ? "run" : "runs"},{" "}
            <time dateTime={freed.at} title={moment(freed.at)}>
              {ago(freed.at)}
            </time>
          </li>
        )}
      </ul>
    </section>
  )
}
