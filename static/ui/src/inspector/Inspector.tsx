import { useQuery } from "@tanstack/react-query"
import { lazy, Suspense, useEffect, useMemo, useSyncExternalStore } from "react"
import type { GraphProblem, NodeDocument } from "../api/types"
import { useCan } from "../api/me"
import { setConfig, setOption, updateNode, type Command } from "../editor/commands"
import { redo, undo } from "../editor/intents"
import { useEditor, useSession, useUi } from "../editor/SessionContext"
import { Denied } from "../access/DenialNote"
import { expressionNames } from "./expressionNames"
import { portsOf } from "../canvas/ports"
import { Count } from "../shared/Badge"
import { TextArea } from "../shared/Field"
import { Prose } from "../shared/Prose"
import { Tabs, type TabItem } from "../shared/Tabs"
import { datasetNames } from "./datasetNames"
import type { FormContext } from "./FormContext"
import { InputsSection } from "./InputsSection"
import { InspectorHead } from "./InspectorHead"
import { OptionsSection } from "./OptionsSection"
import { OutputTab } from "./OutputTab"
import { PinSection } from "./PinSection"
import { problemsAt, problemsByField } from "./schema"
import { SchemaForm } from "./SchemaForm"
import { useWorkflowChoices } from "./workflowChoices"
import { Section } from "./Section"
import type { InspectorTab } from "../editor/EditorSession"
import "./Inspector.css"

const NodeAccessTab = lazy(() => import("../access/NodeAccessTab"))

/** All there is to set on one step. */
export default function Inspector({ node }: { node: NodeDocument }) {
  const session = useSession()
  const tab = useUi((ui) => ui.tab)
  const problems = useUi((ui) => ui.problems)
  const mine = problems.filter((problem) => problem.node === node.id)
  const ofAccess = mine.filter((problem) => problem.field?.startsWith("access."))
  const errors = mine.filter((problem) => problem.severity === "error" && !ofAccess.includes(problem)).length
  const warnings = mine.length - errors - ofAccess.length
  const tabs: TabItem<InspectorTab>[] = [
    {
      id: "config",
      label: (
        <>
          Config
          {errors > 0 && <Count kind="bad">{errors}</Count>}
          {errors === 0 && warnings > 0 && <Count kind="warn">{warnings}</Count>}
        </>
      ),
    },
    { id: "output", label: "Output" },
    {
      id: "access",
      label: <>Access {ofAccess.length > 0 && <Count kind="bad">{ofAccess.length}</Count>}</>,
    },
    { id: "notes", label: "Notes" },
  ]
  return (
    <>
      <InspectorHead node={node} />
      <Tabs
        label="Step"
        tabs={tabs}
        value={tab}
        onChange={(next) => session.ui.setState({ tab: next })}
        panel="step"
      />
      <div
        className="insp-body scroll"
        role="tabpanel"
        id={`step-${tab}`}
        aria-labelledby={`step-${tab}-tab`}
      >
        {tab === "config" && <ConfigTab key={node.id} node={node} />}
        {tab === "output" && <OutputTab key={node.id} node={node.id} />}
        <Suspense>{tab === "access" && <NodeAccessTab key={node.id} node={node} />}</Suspense>
        {tab === "notes" && <NotesTab key={node.id} node={node} />}
      </div>
    </>
  )
}

function ConfigTab({ node }: { node: NodeDocument }) {
  const session = useSession()
  const { editor, nodeTypes, editable, denied } = session
  const type = nodeTypes.get(node.type)
  const context = useFormContext(node)
  const problems = useUi((ui) => ui.problems)
  const general = generalProblems(problems, node.id)
  useLookAtCode(node)
  const choices = useWorkflowChoices(type?.container === "sub")
  if (!type) {
    return (
      <p className="insp-none">
        This server has no node type <code>{node.type}</code>. Delete the step, or ask an administrator to
        install it; its settings are kept.
      </p>
    )
  }
  const denial = denied[node.id]
  if (denial) {
    return (
      <>
        <Denied what="these settings" denial={denial} />
        <InputsSection node={node} />
      </>
    )
  }
  // a step that runs a workflow is called as that is, until it gets a name of its own
  const change = (key: string, value: unknown): Command => {
    const set = setConfig(node.id, key, value)
    const nameOf = (id: unknown) => choices.find((choice) => choice.id === id)?.name
    const chosen = key === "workflow" && type.container === "sub" ? nameOf(value) : undefined
    const isOwn = node.label && node.label !== nameOf(node.config?.workflow)
    if (!chosen || isOwn) return set
    return (graph) => updateNode(node.id, (item) => ({ ...item, label: chosen }))(set(graph))
  }
  const options = problemsByField(problems, node.id, "options")
  const hasConfig = Object.keys(type.parameters_schema.properties ?? {}).length > 0
  return (
    <>
      {general.length > 0 && (
        <div className="insp-problems">
          {general.map((problem) => (
            <p key={problem.message} className={problem.severity === "error" ? "failed" : "retrying"}>
              <Prose text={problem.message} />
            </p>
          ))}
        </div>
      )}
      <InputsSection node={node} />
      {hasConfig && (
        <Section title="Config">
          <div className="form">
            <SchemaForm
              schema={type.parameters_schema}
              root={type.parameters_schema}
              value={node.config ?? {}}
              context={context}
              onChange={(key, value) =>
                editor.apply(`change ${key}`, change(key, value), { merge: `config:${node.id}:${key}` })
              }
            />
          </div>
        </Section>
      )}
      <PinSection
        node={node}
        ports={portsOf(node, type).outputs.map((port) => port.name)}
        problem={problemsAt(options, "pin")[0]?.message}
        wanted={context.focus?.path.startsWith("options.pin") ? context.focus : null}
      />
      <OptionsSection
        node={node}
        type={type}
        wanted={context.focus?.path.startsWith("options.") ? context.focus : null}
        problems={options}
        readOnly={!editable}
        onChange={(key, value) =>
          editor.apply(`change ${key}`, setOption(node.id, key, value), { merge: `option:${node.id}:${key}` })
        }
      />
    </>
  )
}

/** The code that is shown is read by the server, for its problems by line. */
function useLookAtCode(node: NodeDocument): void {
  const { code, nodeTypes } = useSession()
  const mayCode = useCan("code.author")
  const key = nodeTypes.get(node.type)?.dynamic.inputs
  const text = key ? node.config?.[key] : undefined
  useEffect(() => {
    // only when the step is opened: changes are read as they come
    if (mayCode && typeof text === "string") code.look(node.id, text)
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [code, node.id, mayCode])
}

/** Problems of the step as a whole: those of a field stand at the field. */
function generalProblems(problems: readonly GraphProblem[], node: string): GraphProblem[] {
  return problems.filter(
    (problem) =>
      problem.node === node && (!problem.field || !/^(config|options|inputs|access)\./.test(problem.field)),
  )
}

function useFormContext(node: NodeDocument): FormContext {
  const session = useSession()
  const problems = useUi((ui) => ui.problems)
  const focus = useUi((ui) => ui.focus)
  const isNew = useUi((ui) => ui.newSteps.has(node.id))
  const datasets = useQuery({ queryKey: ["dataset-names"], queryFn: datasetNames, staleTime: 30_000 }).data
  const mayCode = useCan("code.author")
  const names = useExpressionNames(node)
  const { code, editable } = session
  // any text may have been read since: the answer for one text never changes, so the count of answers is enough
  useSyncExternalStore(code.subscribe, () => code.answers)
  return useMemo(() => {
    const path = focus?.node === node.id && focus.field ? focus.field.replace(/^config\./, "") : null
    return {
      problems: problemsByField(problems, node.id, "config"),
      datasets: datasets ?? [],
      names,
      siblings: node.config,
      readOnly: !editable,
      codeRefusal:
        mayCode || !editable ? null : "Your role may not write code. An editor or the owner can change this.",
      codeProblems: (text) => code.marksFor(text),
      isNew,
      focus: path === null ? null : { path, line: focus?.line ?? null },
      onUndo: () => undo(session),
      onRedo: () => redo(session),
    }
  }, [problems, node.id, node.config, focus, isNew, datasets, names, editable, mayCode, code, session])
}

/** The names that this step's expressions can use; the same list while they stay so. */
function useExpressionNames(node: NodeDocument): readonly string[] {
  const { nodeTypes } = useSession()
  const key = useEditor((state) => expressionNames(state.graph, node, nodeTypes.get(node.type)).join(" "))
  return useMemo(() => (key ? key.split(" ") : []), [key])
}

function NotesTab({ node }: { node: NodeDocument }) {
  const { editor, editable } = useSession()
  return (
    <div className="sec-in notes-tab">
      <TextArea
        aria-label="Notes on this step"
        placeholder="Why this step is here, and what to know before changing it."
        rows={10}
        readOnly={!editable}
        value={node.notes ?? ""}
        onChange={(event) => {
          const notes = event.target.value
          editor.apply(
            "change notes",
            updateNode(node.id, (item) => ({ ...item, notes })),
            { merge: `notes:${node.id}` },
          )
        }}
      />
    </div>
  )
}
