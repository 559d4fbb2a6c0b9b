import { useDeferredValue, useState } from "react"
import { Combo } from "../policies/fields/Combo"
import { useDatasets } from "./api"
import { choicesFor, nameBefore } from "./find"

interface Props {
  /** What the graph is about: “dwh.decisions.score”. */
  current: string
  onFind: (dataset: string, column: string | null) => void
}

/** Finds a dataset, or a column of one, while it is typed. */
export function FindField({ current, onFind }: Props) {
  const [typed, setTyped] = useState<string | null>(null)
  const wanted = useDeferredValue(typed ?? "")
  const found = useDatasets(wanted).data?.pages.flatMap((page) => page.results) ?? []
  const before = useDatasets(nameBefore(wanted)).data?.pages.flatMap((page) => page.results) ?? []
  const choices = choicesFor(wanted, found, before)
  return (
    <Combo
      label="Dataset or column"
      placeholder="Find a dataset or a column"
      mono
      isSearched
      text={typed ?? current}
      options={choices.map(({ value, label, hint }) => ({ value, label, hint }))}
      onText={setTyped}
      onPick={(value) => {
        const choice = choices.find((one) => one.value === value)
        setTyped(null)
        if (choice) onFind(choice.dataset, choice.column)
      }}
      onBlur={() => setTyped(null)}
    />
  )
}
