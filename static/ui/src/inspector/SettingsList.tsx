import { useQuery } from "@tanstack/react-query"
import { useEffect, useMemo, useRef, useState } from "react"
import type { RuntimeParameter } from "../api/types"
import { readRuntimeParameters } from "../editor/api"
import { setSetting } from "../editor/commands"
import { useSession } from "../editor/SessionContext"
import { IconButton } from "../shared/Button"
import { Icon } from "../shared/icons/Icon"
import { SkeletonRows } from "../shared/Skeleton"
import { FieldView } from "./FieldView"
import type { FormContext } from "./FormContext"
import { groupSettings, mayBeNone, settingField, settingText } from "./settings"

interface SettingsProps {
  context: FormContext
  settings: Readonly<Record<string, unknown>>
}

/** All runtime parameters by group: those that a workflow sets as fields, the others as facts. */
export default function SettingsList({ context, settings }: SettingsProps) {
  const answer = useQuery({
    queryKey: ["runtime-parameters"],
    queryFn: readRuntimeParameters,
    staleTime: 5 * 60_000,
  })
  const groups = useMemo(() => groupSettings(answer.data ?? []), [answer.data])
  if (answer.isPending) return <SkeletonRows rows={4} height={28} />
  if (answer.error) return <p className="xs failed">{answer.error.message}</p>
  const known = new Set((answer.data ?? []).map(({ name }) => name))
  const strange = Object.keys(settings).filter((name) => !known.has(name))
  return (
    <div className="form settings">
      {strange.map((name) => (
        <Strange key={name} name={name} context={context} />
      ))}
      {groups.map(({ label, parameters }) => (
        <section key={label} aria-label={label}>
          <h3 className="caps">{label}</h3>
          {parameters.map((parameter) =>
            parameter.settable === "workflow" ? (
              <Setting
                key={parameter.name}
                parameter={parameter}
                context={context}
                value={settings[parameter.name]}
                isSet={parameter.name in settings}
              />
            ) : (
              <Fixed key={parameter.name} parameter={parameter} />
            ),
          )}
        </section>
      ))}
    </div>
  )
}

interface SettingProps {
  parameter: RuntimeParameter
  context: FormContext
  value: unknown
  isSet: boolean
}

function Setting({ parameter, context, value, isSet }: SettingProps) {
  const { editor } = useSession()
  const { name, description, cap_text: limit } = parameter
  const box = useRef<HTMLDivElement>(null)
  const wanted = context.focus?.path === name
  useEffect(() => {
    if (wanted) box.current?.scrollIntoView({ block: "center" })
  }, [wanted, context.focus])
  const [version, setVersion] = useState(0) // a reset also drops what was half typed
  const set = (next: unknown) =>
    editor.apply(`set ${parameter.title.toLowerCase()}`, setSetting(name, next), { merge: `setting:${name}` })
  const reset = () => {
    editor.apply(`reset ${parameter.title.toLowerCase()}`, setSetting(name, undefined))
    setVersion(version + 1)
  }
  return (
    <div className={`setting${isSet ? " is-set" : ""}`} ref={box}>
      <FieldView
        key={version}
        field={settingField(parameter)}
        root={parameter.schema}
        value={value ?? undefined}
        onChange={set}
        context={context}
        path={name}
      />
      <p className="hint">{description}</p>
      <div className="setting-foot">
        {isSet && (
          <span className="changed">{value === null ? settingText(null, parameter) : "Changed"}</span>
        )}
        <span>Default: {settingText(parameter.default, parameter)}</span>
        {limit && (
          <span className="row g1">
            <Icon name="lock" size={11} />
            {limit}
          </span>
        )}
        {mayBeNone(parameter) && !limit && !context.readOnly && value !== null && (
          <button type="button" className="linkish" onClick={() => set(null)}>
            Set none, {parameter.null_means}
          </button>
        )}
        {isSet && !context.readOnly && (
          <span className="end">
            <IconButton
              variant="ghost"
              size="sm"
              icon="undo"
              iconSize={12}
              label={`Reset ${parameter.title}`}
              onClick={reset}
            />
          </span>
        )}
      </div>
    </div>
  )
}

/** What only the operator sets: shown, so that nobody looks for it. */
function Fixed({ parameter }: { parameter: RuntimeParameter }) {
  return (
    <div className="setting is-fixed" title={parameter.description}>
      <span>{parameter.title}</span>
      <span className="end">{settingText(parameter.default, parameter)}</span>
      <span className="xs subtle row g1">
        <Icon name="lock" size={11} />
        Set by the operator of this server
      </span>
    </div>
  )
}

/** A setting of the document that the server does not know. */
function Strange({ name, context }: { name: string; context: FormContext }) {
  const { editor } = useSession()
  const problems = [...context.problems].flatMap(([field, list]) =>
    field.split(".")[0] === name ? list : [],
  )
  return (
    <div className="setting is-set">
      <code>{name}</code>
      <p className="err">
        <Icon name="warn" size={12} />
        <span>{problems[0]?.message ?? "The server has no such setting."}</span>
      </p>
      {!context.readOnly && (
        <button
          type="button"
          className="linkish"
          onClick={() => editor.apply(`remove ${name}`, setSetting(name, undefined))}
        >
          Take it away
        </button>
      )}
    </div>
  )
}
