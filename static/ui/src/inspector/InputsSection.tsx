import { useEffect, useId, useRef, useState } from "react"
import type { ConnectionDocument, NodeDocument, PortType } from "../api/types"
import { whyNot } from "../canvas/fit"
import { CONTROL_INPUT, innerHandle, portOfPath, portsOf, wiredPorts, type Port } from "../canvas/ports"
import { removeItems, replaceConnection } from "../editor/commands"
import { connectHandles } from "../editor/intents"
import { useEditor, useParents, useSession, useShownRun, useUi } from "../editor/SessionContext"
import { IconButton } from "../shared/Button"
import { MaskChip } from "../shared/data/MaskChip"
import { cellText, type Json } from "../shared/data/tableModel"
import { SelectInput } from "../shared/Field"
import { sentence } from "../shared/Prose"
import { connectionId, ERROR_HANDLE, titleOf } from "../shared/mapping"
import { brief, pathsInto, valueAt } from "./paths"
import { Section } from "./Section"
import { useRunNode } from "./useRunNode"

/** Where each input comes from: the wire, its path into the value, and what came in the run that is shown. */
export function InputsSection({ node }: { node: NodeDocument }) {
  const { nodeTypes } = useSession()
  const connections = useEditor((state) => state.graph.connections)
  const names = useEditor((state) => state.freeNames[node.id])
  const shown = useShownRun()
  const parents = useParents()
  const wired = wiredPorts(connections, parents).get(node.id)
  const type = nodeTypes.get(node.type)
  const ports = portsOf(node, type, wired, names)
  const into = connections.filter((item) => item.target === node.id)
  const incoming = into.filter((item) => parents.get(item.source) !== node.id)
  const inner = ports.inner?.inputs ?? []
  const inputs: Port[] = ports.controlWired ? [...ports.inputs, CONTROL] : [...ports.inputs]
  if (!inputs.length && !ports.open) return null
  return (
    <Section title="Input" aside={shown && incoming.length ? `from run ${shown.number}` : undefined}>
      {inputs.length === 0 && (
        <p className="xs subtle">
          {type?.dynamic?.inputs
            ? "Names that the code uses and does not define become inputs."
            : type?.dynamic?.prompts?.length
              ? "Write {name} in the prompt: it becomes an input."
              : "Draw a wire to this step: it takes any name."}
        </p>
      )}
      <div className="inputs">
        {inputs.map((port) => (
          <InputRow
            key={port.name}
            node={node}
            port={port}
            wires={incoming.filter((item) => item.input === port.name)}
          />
        ))}
      </div>
      {inner.length > 0 && (
        <div className="inputs inner-inputs">
          <p className="xs subtle">From the steps inside</p>
          {inner.map((port) => (
            <InputRow
              key={port.name}
              node={node}
              port={port}
              inner
              wires={into.filter((item) => item.input === port.name && parents.get(item.source) === node.id)}
            />
          ))}
        </div>
      )}
    </Section>
  )
}

const CONTROL: Port = {
  name: CONTROL_INPUT,
  type: "control",
  label: CONTROL_INPUT,
  required: false,
  multiple: false,
}

interface RowProps {
  node: NodeDocument
  port: Port
  wires: readonly ConnectionDocument[]
  /** On the inside of a frame. */
  inner?: boolean
}

function InputRow({ node, port, wires, inner = false }: RowProps) {
  const path = inner ? `inner.${port.name}` : `inputs.${port.name}`
  const problem = useUi((ui) => ui.problems.find((item) => item.node === node.id && item.field === path))
  const wanted = useUi((ui) => (ui.focus?.node === node.id && ui.focus.field === path ? ui.focus.at : 0))
  const row = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (wanted) row.current?.querySelector<HTMLElement>("select, input")?.focus()
  }, [wanted])
  return (
    <div className="input-row" ref={row} data-field={path}>
      <div className="keyrow">
        <i className={`port ${port.type}`} title={port.type} />
        <code className="cut">{port.name}</code>
        {problem && (
          <span
            className={`xs end ${problem.severity === "error" ? "failed" : "retrying"}`}
            title={problem.hint ?? problem.message}
          >
            {problem.severity === "error" ? sentence(problem.message) : "not fed"}
          </span>
        )}
        {wires.length > 0 && !inner && <InputValue node={node.id} name={port.name} />}
      </div>
      {wires.map((wire) => (
        <WireRow key={connectionId(wire)} wire={wire} />
      ))}
      {(wires.length === 0 || port.multiple) && <ConnectFrom node={node} port={port} inner={inner} />}
    </div>
  )
}

/** Lists in a preview are cut to so many items. */
const PREVIEW_ITEMS = 100

/** What came in by this input in the run that is shown. */
function InputValue({ node, name }: { node: string; name: string }) {
  const run = useRunNode(node).answer.data
  const value = run?.inputs?.[name]
  if (value === undefined) return null
  const masked = run?.inputs_masked.find(({ path }) => path === name)
  if (masked)
    return (
      <span className="v">
        <MaskChip text={cellText(value as Json)} field={masked} />
      </span>
    )
  const isCut = run?.inputs_info?.truncated && Array.isArray(value) && value.length >= PREVIEW_ITEMS
  return <span className="v cut">{isCut ? `over ${PREVIEW_ITEMS} rows` : brief(value)}</span>
}

/** One wire: the step it comes from and the path into what that gives. */
function WireRow({ wire }: { wire: ConnectionDocument }) {
  const session = useSession()
  const { editor, editable } = session
  const source = useEditor((state) => state.graph.nodes.find((item) => item.id === wire.source))
  const parents = useParents()
  const run = useRunNode(wire.source).answer.data
  const outputs = parents.get(wire.target) === wire.source ? undefined : run?.outputs // what a frame gives inside is no output
  const listId = useId()
  const [draft, setDraft] = useState<string | null>(null)
  const port = portOfPath(wire.output)
  const known = outputs?.[port]
  const path = draft ?? wire.output
  const missing = known !== undefined && valueAt(outputs, path) === undefined
  const save = () => {
    const output = path.trim().replace(/^\.+|\.+$/g, "")
    setDraft(null)
    if (output && output !== wire.output)
      editor.apply("change the path", replaceConnection(connectionId(wire), { ...wire, output }))
  }
  return (
    <div className="wire-row">
      <button
        type="button"
        className="wire-from cut"
        onClick={() => session.focusOn(wire.source)}
        title={`Go to ${wire.source}`}
      >
        {source ? titleOf(source, session.nodeTypes.get(source.type)) : wire.source}
      </button>
      {wire.kind === "error" ? (
        <span className="xs failed">when it fails</span>
      ) : (
        <input
          className={`input mono${missing ? " is-missing" : ""}`}
          aria-label={`Path into the output of ${wire.source}`}
          title={missing ? "The run that is shown had nothing there." : undefined}
          list={listId}
          readOnly={!editable}
          spellCheck={false}
          autoComplete="off"
          value={path}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={save}
          onKeyDown={(event) => {
            if (event.key === "Enter") save()
            if (event.key === "Escape") setDraft(null)
          }}
        />
      )}
      <datalist id={listId}>
        {pathsInto(known ?? null, port).map((item) => (
          <option key={item} value={item} />
        ))}
      </datalist>
      {editable && (
        <IconButton
          variant="ghost"
          size="sm"
          icon="x"
          iconSize={12}
          label={`Disconnect ${wire.input}`}
          onClick={() => editor.apply("disconnect", removeItems(new Set(), new Set([connectionId(wire)])))}
        />
      )}
    </div>
  )
}

/** Every output that may go here, to choose from a list: wiring without a pointer. */
function ConnectFrom({ node, port, inner }: { node: NodeDocument; port: Port; inner: boolean }) {
  const session = useSession()
  const { nodeTypes, editable } = session
  const graph = useEditor((state) => state.graph)
  const parents = useParents()
  if (!editable) return null
  const wired = wiredPorts(graph.connections, parents)
  const target = { node: node.id, type: port.type, inner }
  const choices = graph.nodes.flatMap((source) => {
    const ports = portsOf(source, nodeTypes.get(source.type), wired.get(source.id))
    const title = titleOf(source, nodeTypes.get(source.type))
    const ends: { name: string; type: PortType; label: string; inner?: boolean }[] = [
      ...ports.outputs.map(({ name, type }) => ({ name, type, label: name })),
      ...(ports.inner?.outputs ?? []).map(({ name, type }) => ({
        name: innerHandle(name),
        type,
        label: name,
        inner: true,
      })),
      { name: ERROR_HANDLE, type: "error" as const, label: "when it fails" },
    ]
    return ends
      .filter(
        (end) =>
          !whyNot({ node: source.id, type: end.type, inner: end.inner }, target, graph.connections, {
            parents,
            titleOf: session.titleOf,
          }),
      )
      .map((end) => ({ value: `${source.id} ${end.name}`, label: `${title} · ${end.label}` }))
  })
  if (!choices.length) return null
  return (
    <SelectInput
      className="connect-from"
      aria-label={`Connect ${port.name} from`}
      choices={[{ value: "", label: "Connect from…" }, ...choices]}
      value=""
      onChange={(event) => {
        const at = event.target.value.lastIndexOf(" ")
        const [source, handle] = [event.target.value.slice(0, at), event.target.value.slice(at + 1)]
        const to = { node: node.id, handle: inner ? innerHandle(port.name) : port.name }
        if (source && handle) connectHandles(session, { node: source, handle }, to)
      }}
    />
  )
}
