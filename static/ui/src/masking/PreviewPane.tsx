import { useState } from "react"
import { useMe } from "../api/me"
import type { MaskedField } from "../api/types"
import { Avatar } from "../shared/Avatar"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { moment } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { Note } from "../shared/Note"
import { SelectField } from "../shared/fields/SelectField"
import { MaskChip } from "../shared/data/MaskChip"
import { PersonList } from "../viewas/PersonList"
import type { Member } from "../viewas/types"
import "../viewas/viewas.css"
import { useFittingDataset, useRunSteps, useSample, useSampleSources } from "./api"
import { lastName } from "./form"
import type { Mask, MaskDocument, Pair, Sample } from "./types"
import { shownValue } from "./words"

interface Props {
  /** The rule as it is edited; null while something is missing. */
  rule: MaskDocument | null
  mask: Mask | null
}

/** What the rule leaves of real data for somebody, beside what is stored. */
export function PreviewPane({ rule, mask }: Props) {
  const me = useMe()
  const [person, setPerson] = useState<Member | null>(null)
  const [choosing, setChoosing] = useState(false)
  const { sample, picker } = useSamplePicker(rule)
  const name = person ? person.name || person.email : (me?.name ?? "You")
  const tried = useSample(rule, sample, person?.id ?? null)
  return (
    <section className="mask-preview" aria-label="Preview">
      <h2 className="h2">Preview</h2>
      {picker}
      <div className="field">
        <span className="lab" id="as-seen-by">
          As seen by
        </span>
        <Button aria-describedby="as-seen-by" onClick={() => setChoosing(true)}>
          <Avatar name={name} />
          {name}
          <Icon name="down" size={12} />
        </Button>
      </div>
      {tried.isError && <Note>{tried.error.message}</Note>}
      {tried.isSuccess && tried.data.pairs.length === 0 && (
        <p className="sm muted">This data has no such field.</p>
      )}
      {tried.isSuccess && tried.data.pairs.length > 0 && rule && (
        <Pairs pairs={tried.data.pairs} rule={rule} viewer={name} stale={tried.isPlaceholderData} />
      )}
      {!sample && <p className="sm muted">Choose data to see what the rule leaves of it.</p>}
      <dl className="kv">
        <dt>Applies at</dt>
        <dd>tables, downloads, logs, errors, exports, mails</dd>
        <dt>Stored data</dt>
        <dd>unchanged</dd>
        {mask && (
          <>
            <dt>Last changed</dt>
            <dd>
              {moment(mask.updated_at)}{" "}
              {mask.updated_by && `by ${mask.updated_by.name || mask.updated_by.email}`}
            </dd>
          </>
        )}
      </dl>
      {choosing && (
        <Dialog
          open
          onClose={() => setChoosing(false)}
          title="As seen by"
          footer={<Button onClick={() => setChoosing(false)}>Close</Button>}
        >
          <PersonList
            chosen={person}
            onChoose={(chosen) => {
              setPerson(chosen)
              setChoosing(false)
            }}
          />
        </Dialog>
      )}
    </section>
  )
}

const NO_DATA = { value: "", label: "Choose data" }

/** A dataset, or a run and one of its steps: at first a dataset that has the field. */
function useSamplePicker(rule: MaskDocument | null) {
  const { datasets, runs } = useSampleSources()
  const [chosen, setChosen] = useState<string | null>(null)
  const [step, setStep] = useState<string | null>(null)
  const fitting = useFittingDataset(chosen === null ? rule : null, datasets)
  const source = chosen ?? fitting ?? ""
  const [kind, id = ""] = source.split(":")
  const steps = useRunSteps(kind === "run" ? id : null)
  const node = steps.some(({ value }) => value === step) ? step : steps[0]?.value
  const sample: Sample | null =
    kind === "dataset" ? { dataset: id } : kind === "run" && node ? { run: id, node } : null
  const picker = (
    <div className={kind === "run" ? "mask-pair" : undefined}>
      <SelectField
        label="Data"
        choices={[NO_DATA, ...datasets, ...runs]}
        value={source}
        onChange={(next) => setChosen(next)}
      />
      {kind === "run" && (
        <SelectField label="Output of" choices={steps} value={node ?? ""} onChange={setStep} />
      )}
    </div>
  )
  return { sample, picker }
}

interface PairsProps {
  pairs: readonly Pair[]
  rule: MaskDocument
  viewer: string
  stale: boolean
}

function Pairs({ pairs, rule, viewer, stale }: PairsProps) {
  const hidden = pairs.some((pair) => pair.hidden)
  const masked = pairs.some((pair) => pair.dropped || pair.seen !== pair.stored)
  return (
    <>
      <div className={stale ? "card mask-pairs scroll is-old" : "card mask-pairs scroll"}>
        <table className="list dense" aria-label="Values of the field">
          <thead>
            <tr>
              <th>record</th>
              <th>stored</th>
              <th>{viewer} sees</th>
            </tr>
          </thead>
          <tbody>
            {pairs.map((pair, at) => (
              <tr key={at}>
                <td className="mono">{pair.row}</td>
                <td className="mono">
                  {pair.hidden ? <span className="subtle">hidden from you</span> : shownValue(pair.stored)}
                </td>
                <td>
                  <Seen pair={pair} rule={rule} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hidden && <Note>What is masked for you yourself is not shown here either.</Note>}
      {masked && (
        <Note kind="warn">
          Sorting and filtering by <code>{lastName(rule.field)}</code> is off for them: the order would give
          the values away.
        </Note>
      )}
    </>
  )
}

function Seen({ pair, rule }: { pair: Pair; rule: MaskDocument }) {
  if (pair.dropped) return <span className="subtle">no such field</span>
  if (!pair.hidden && pair.seen === pair.stored) return <span className="mono">{shownValue(pair.seen)}</span>
  const field: MaskedField = {
    path: pair.path,
    rule: rule.key,
    label: rule.label ?? "",
    type: rule.mask_type,
  }
  return <MaskChip text={shownValue(pair.seen)} field={field} />
}
