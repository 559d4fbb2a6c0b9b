import { useMemo, useState } from "react"
import { useLocation } from "wouter"
import type { NodeDocument, RerunMode, RunDetail } from "../api/types"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, SelectInput } from "../shared/Field"
import { plural } from "../shared/format"
import { titleOf } from "../shared/mapping"
import { Note } from "../shared/Note"
import { ParameterFields } from "../shared/parameters/ParameterFields"
import { fieldErrors, parseTexts, startTexts, type ParameterTexts } from "../shared/parameters/parameterForm"
import { RadioList } from "../shared/RadioList"
import { rerun, type RerunVersion } from "./controlApi"
import type { LiveRun } from "./LiveRun"
import { planRerun } from "./rerunPlan"
import { RerunSummary } from "./RerunSummary"
import { useRerunGraph } from "./useRerunGraph"

interface Props {
  run: RunDetail
  live: LiveRun
  /** The node that is looked at. */
  node: string | null
  onClose: () => void
}

const NONE: ParameterTexts = {}

/** Another run of a run: from where, which version, with which inputs; and what that takes over and runs again. */
export function RerunDialog({ run, live, node: selected, onClose }: Props) {
  const [, navigate] = useLocation()
  const hasFailed = live.store.getState().run.status !== "succeeded"
  const [mode, setMode] = useState<RerunMode>(hasFailed ? "failed" : "full")
  const [version, setVersion] = useState<RerunVersion>("original")
  const source = useRerunGraph(run, version)
  const { graph } = source
  const top = (graph ?? run.graph).nodes.filter((one) => !one.parent)
  const [chosen, setChosen] = useState(selected)
  const node = top.find((one) => one.id === chosen)?.id ?? top[0]?.id ?? null
  const [edited, setEdited] = useState(NONE)
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const parameters = graph?.parameters ?? []
  const texts = { ...startTexts(parameters, run.parameters), ...edited }
  const plan = useMemo(
    () =>
      graph &&
      planRerun({
        mode,
        node,
        before: run.graph,
        after: graph,
        statusOf: (id) => live.statuses.get(id)?.status,
      }),
    [graph, mode, node, run.graph, live],
  )
  const titles = useMemo(
    () => new Map([...run.graph.nodes, ...(graph?.nodes ?? [])].map((one) => [one.id, titleOf(one)])),
    [run.graph, graph],
  )
  const isEdited = Object.keys(edited).length > 0
  const start = async () => {
    const parsed = parseTexts(parameters, texts)
    if (!parsed.ok) return setErrors(parsed.errors)
    setErrors({})
    setFailure(null)
    setBusy(true)
    try {
      const values = isEdited || version !== "original" ? { parameters: parsed.values } : {}
      const part = takesNode(mode) && node !== null ? { node } : {}
      const started = await rerun(run.id, { mode, version, ...part, ...values })
      navigate(`/runs/${started.id}`)
    } catch (reason) {
      setErrors(fieldErrors(reason, parameters))
      setFailure(reason instanceof Error ? reason.message : "It did not start.")
      setBusy(false)
    }
  }
  const refusal = !graph
    ? "The version is still being read."
    : plan?.missing.length
      ? "A result is missing."
      : null
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Re-run run ${run.number}`}
      width={560}
      onSubmit={() => refusal === null && void start()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" icon="retry" submit busy={busy} disabledReason={refusal}>
            Re-run
          </Button>
        </>
      }
    >
      <RadioList
        label="From"
        value={mode}
        onChange={setMode}
        choices={[
          { value: "full", label: "The start", hint: "Every node runs again." },
          {
            value: "failed",
            label: "What failed",
            disabledReason: !hasFailed && "Nothing failed in this run.",
            hint: "What succeeded is taken over.",
          },
          { value: "from_node", label: "A node and all that follows it" },
          { value: "single", label: "One node alone" },
        ]}
      />
      {takesNode(mode) && <NodeChoice nodes={top} value={node} onChange={setChosen} />}
      <RadioList
        label="Version"
        value={version}
        onChange={setVersion}
        choices={versionChoices(run, source)}
      />
      {source.error && (
        <div className="dialog-note">
          <Note kind="bad">{source.error.message}</Note>
        </div>
      )}
      {parameters.length > 0 && (
        <ParameterFields
          parameters={parameters}
          texts={texts}
          errors={errors}
          onChange={(next) => setEdited(differences(next, startTexts(parameters, run.parameters)))}
        />
      )}
      {plan && <RerunSummary plan={plan} run={run} titles={titles} isEdited={isEdited} />}
      {failure && (
        <div className="dialog-note">
          <Note kind="bad">{failure}</Note>
        </div>
      )}
    </Dialog>
  )
}

export default RerunDialog

const takesNode = (mode: RerunMode): boolean =>
  mode === "from_node" || mode === "single" || mode === "to_node"

const differences = (texts: ParameterTexts, before: ParameterTexts): ParameterTexts =>
  Object.fromEntries(Object.entries(texts).filter(([name, text]) => text !== before[name]))

function versionChoices(run: RunDetail, { latest, isGone }: ReturnType<typeof useRerunGraph>) {
  const gone = isGone && "The workflow is deleted."
  return [
    {
      value: "original" as const,
      label: run.version === null ? "The draft as it was then" : `The same: version ${run.version}`,
    },
    {
      value: "latest" as const,
      label: latest === null ? "The latest version" : `The latest: version ${latest}`,
      disabledReason: gone || (latest === null && "Nothing is published yet."),
    },
    { value: "draft" as const, label: "The draft as it is now", disabledReason: gone },
  ]
}

interface NodeChoiceProps {
  nodes: readonly NodeDocument[]
  value: string | null
  onChange: (node: string) => void
}

function NodeChoice({ nodes, value, onChange }: NodeChoiceProps) {
  return (
    <Field label="Node" hint={`One of ${plural(nodes.length, "node")}`}>
      {(control) => (
        <SelectInput
          {...control}
          choices={nodes.map((node) => ({ value: node.id, label: titleOf(node) }))}
          value={value ?? ""}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
