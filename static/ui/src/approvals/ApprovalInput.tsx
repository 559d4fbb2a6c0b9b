import { useMemo, useState } from "react"
import { JsonTree } from "../shared/data/JsonTree"
import { firstPlace, places, type Json } from "../shared/data/tableModel"
import { ValueTable } from "../shared/data/ValueTable"
import { Segmented } from "../shared/Segmented"
import { Masks } from "../shared/data/masks"
import { DenialNote } from "../access/DenialNote"
import { MaskedNote } from "../access/MaskedNote"
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
  const { input, input_info: info, input_masked: masked } = approval
  const masks = useMemo(
    () => new Masks(masked.map((field) => ({ ...field, path: `input.${field.path}` }))),
    [masked],
  )
  if (approval.input_denied) return <DenialNote denial={approval.input_denied} />
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
        <MaskedNote masked={masked} />
        {look === "table" && place ? (
          <ValueTable value={place.value} path={place.path} masks={masks} />
        ) : (
          <JsonTree value={value} masks={masks} />
        )}
      </div>
    </section>
  )
}
