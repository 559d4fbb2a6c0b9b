import { lazy, Suspense, useMemo } from "react"
import { useEditor, useSession, useUi } from "../editor/SessionContext"
import { Count } from "../shared/Badge"
import { SkeletonRows } from "../shared/Skeleton"
import { plainContext, type FormContext } from "./FormContext"
import { Section } from "./Section"
import { settingProblems } from "./settings"

const SettingsList = lazy(() => import("./SettingsList"))

const NONE: Readonly<Record<string, unknown>> = {}

/** How runs of this workflow are carried out: time, retries, parallel work. What is not set has the server's default. */
export function SettingsSection() {
  const { editable } = useSession()
  const settings = useEditor((state) => state.graph.settings ?? NONE)
  const problems = useUi((ui) => ui.problems)
  const focus = useUi((ui) =>
    ui.focus?.node === "" && ui.focus.field?.startsWith("settings.") ? ui.focus : null,
  )
  const byName = useMemo(() => settingProblems(problems), [problems])
  const changed = Object.keys(settings).length
  const context = useMemo<FormContext>(
    () => ({
      ...plainContext(byName, !editable),
      focus: focus?.field ? { path: focus.field.slice("settings.".length), line: null } : null,
    }),
    [byName, editable, focus],
  )
  const isOpen = focus !== null || byName.size > 0
  return (
    <Section
      key={isOpen ? "open" : "closed"}
      title="Run settings"
      closed={!isOpen}
      aside={
        byName.size > 0 ? <Count kind="bad">{byName.size}</Count> : changed ? `${changed} changed` : undefined
      }
    >
      <Suspense fallback={<SkeletonRows rows={4} height={28} />}>
        <SettingsList context={context} settings={settings} />
      </Suspense>
    </Section>
  )
}
