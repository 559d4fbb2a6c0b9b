import { useId } from "react"
import { IconButton } from "../../shared/Button"
import { SelectInput } from "../../shared/Field"
import { toast } from "../../shared/toast"
import { Combo } from "../fields/Combo"
import type { Comparison } from "../model/condition"
import { change, remove } from "../model/moves"
import { refit } from "../model/values"
import { firstOperator, operatorsFor, pathFacts } from "../model/vocabulary"
import { comparisonWords } from "../model/words"
import { useBuilder } from "./BuilderContext"
import { focusAfter } from "./focus"
import { Handle } from "./Handle"
import { Remarks } from "./Remarks"
import { ValueField } from "./ValueField"

/** One comparison: an attribute, how it is compared, and with what. */
export function ComparisonRow({ comparison }: { comparison: Comparison }) {
  const { keeper, words, readOnly, remarks, dragged } = useBuilder()
  const said = useId()
  const { id, path, operator, value, valuePath } = comparison
  const own = remarks.get(id)
  const describedBy = own?.length ? said : undefined
  const isBad = (field: string) =>
    own?.some((remark) => remark.severity === "error" && remark.field.startsWith(field)) || undefined
  const set = (after: Comparison, name: string | null = null) =>
    keeper.editTree((tree) => change(tree, id, after), name)
  const setPath = (next: string) => {
    const isKnown = pathFacts(words, next) !== undefined
    const isOffered = operatorsFor(words, next).some((one) => one.name === operator)
    const isUntouched = operator === "equals" && value === undefined && valuePath === null
    const fitting = isKnown && (!isOffered || isUntouched) ? firstOperator(words, next) : operator
    set(refit(words, comparison, { ...comparison, path: next, operator: fitting }), `${id} path`)
  }
  const takeAway = () => {
    focusAfter(id)
    keeper.editTree((tree) => remove(tree, id))
    toast("The condition is removed.", {
      icon: "trash",
      action: { label: "Undo", run: () => keeper.undo() },
    })
  }
  return (
    <div
      className={dragged === id ? "cond-row is-dragged" : "cond-row"}
      role="group"
      aria-label={comparisonWords(comparison, words)}
    >
      {readOnly ? <span /> : <Handle part={comparison} />}
      <Combo
        label="Attribute"
        mono
        readOnly={readOnly}
        placeholder="user.department"
        text={path}
        aria-invalid={isBad("attribute_path")}
        aria-describedby={describedBy}
        options={words.paths.map((one) => ({ value: one.path, hint: one.label }))}
        onText={setPath}
        onPick={setPath}
      />
      <SelectInput
        aria-label="Comparison"
        aria-invalid={isBad("operator")}
        aria-describedby={describedBy}
        disabled={readOnly}
        choices={choicesOf(operatorsFor(words, path), operator)}
        value={operator}
        onChange={({ target }) => set(refit(words, comparison, { ...comparison, operator: target.value }))}
      />
      <ValueField
        comparison={comparison}
        words={words}
        readOnly={readOnly}
        isBad={isBad("value")}
        describedBy={describedBy}
        onChange={(changes, name) => set({ ...comparison, ...changes }, name && `${id} ${name}`)}
      />
      {readOnly ? (
        <span />
      ) : (
        <IconButton
          label="Remove this condition"
          icon="x"
          iconSize={14}
          size="sm"
          variant="ghost"
          onClick={takeAway}
        />
      )}
      <Remarks id={said} remarks={own} />
    </div>
  )
}

/** What does not fit the attribute any more is still shown, so that it is seen. */
function choicesOf(offered: readonly { name: string; label: string }[], chosen: string) {
  const choices = offered.map(({ name, label }) => ({ value: name, label }))
  return choices.some(({ value }) => value === chosen)
    ? choices
    : [{ value: chosen, label: chosen.replaceAll("_", " ") || "…" }, ...choices]
}
