import { useState } from "react"
import { JsonTree } from "../shared/data/JsonTree"
import { firstPlace, places, type Json } from "../shared/data/tableModel"
import { ValueTable } from "../shared/data/ValueTable"
import { Segmented } from "../shared/Segmented"
import "../shared/data/DataView.css"
import type { ApprovalDetail } from "./types"

type Look = "table" | "json"

const LOOKS: readonly { value: Look; label: string }[] = [
  { value: "table", label: "Table" },
  { value: "json", label: "JSON" },
]

/** What the run wants to go on with. */
export function ApprovalInput({ approval }: { approval: ApprovalDetail }) {
  const [look, setLook] = useState<Look>("table")
  const { input, input_info: info } = approval
  if (info === null) return null
  const value: Json = { input: input as Json }
  const place = firstPlace(places(value))
  return (
    <section className="card list-card" aria-labelledby="input-title">
      <header>
        <h2 id="input-title">Input</h2>
        <span className="end">
          <Segmented label="Look" small options={LOOKS} value={look} onChange={setLook} />
        </span>
      </header>
      <div className="approval-input data">
        {info.truncated && (
          <p className="xs subtle approval-part">Only a part is shown; the run page has all of it.</p>
        )}
        {look === "table" && place ? <ValueTable value={place.value} /> : <JsonTree value={value} />}
      </div>
    </section>
  )
}
