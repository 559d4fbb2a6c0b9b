import { Link } from "wouter"
import { Button } from "../shared/Button"
import { count, plural } from "../shared/format"
import { LoadError } from "../shell/LoadError"
import { SkeletonRows } from "../shared/Skeleton"
import { useState } from "react"
import { useSuggestions } from "./api"
import { detectedWords } from "./form"
import type { Suggestion } from "./types"

/** Fields that look as if they needed a mask, looked for when somebody asks. */
export function SuggestionList() {
  const [wanted, setWanted] = useState(false)
  const found = useSuggestions(wanted)
  const open = found.data?.results.filter((one) => !one.rule) ?? []
  return (
    <div className="mask-suggested">
      <div className="row">
        <h2 className="h3">Suggestions</h2>
        {!wanted && (
          <span className="end">
            <Button size="sm" icon="sparkles" onClick={() => setWanted(true)}>
              Look for fields
            </Button>
          </span>
        )}
      </div>
      {wanted && found.isPending && <SkeletonRows rows={3} height={36} />}
      {found.isError && (
        <LoadError what="suggestions" error={found.error} onRetry={() => void found.refetch()} />
      )}
      <ul className="mask-suggestions" aria-label="Fields that could be masked">
        {open.map((one) => (
          <Suggested key={`${one.place.id} ${one.place.node} ${one.path}`} suggestion={one} />
        ))}
      </ul>
      {found.isSuccess && (
        <p className="xs subtle">
          {open.length === 0 &&
            "No field without a rule looks like a card, an account, a number or an address. "}
          Looked at {plural(found.data.datasets, "dataset")} and {plural(found.data.nodes, "step")}, as far as
          you see their data.
        </p>
      )}
    </div>
  )
}

function Suggested({ suggestion }: { suggestion: Suggestion }) {
  const { path, detector, matching, values, place } = suggestion
  const query = new URLSearchParams({ rule: "new", field: path, found: detector })
  return (
    <li>
      <span className="col grow">
        <code className="cut">{path}</code>
        <span className="xs subtle cut">
          {detectedWords(detector)}, {count(matching)} of {count(values)} · {place.name}
          {place.node && ` · ${place.node}`}
        </span>
      </span>
      <Link className="linkish" href={`/masking?${query.toString()}`} aria-label={`Mask it: ${path}`}>
        Mask it
      </Link>
    </li>
  )
}
