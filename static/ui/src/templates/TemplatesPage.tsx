import { useState } from "react"
import { useLocation } from "wouter"
import { useCan } from "../api/me"
import { useRefresh } from "../api/pages"
import type { Template } from "../api/types"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Segmented } from "../shared/Segmented"
import { SkeletonRows } from "../shared/Skeleton"
import { useTemplates } from "./api"
import { choicesOf, type Chosen } from "./categories"
import { TemplateCard } from "./TemplateCard"
import { UseTemplateDialog } from "./UseTemplateDialog"
import "./TemplatesPage.css"

export default function TemplatesPage() {
  const [, navigate] = useLocation()
  const [chosen, setChosen] = useState<Chosen>("all")
  const [using, setUsing] = useState<Template | null>(null)
  const mayCreate = useCan("workflow.create")
  const refresh = useRefresh("workflows", "datasets", "templates")
  const list = useTemplates()
  const templates = list.data ?? []
  const shown = templates.filter((template) => chosen === "all" || template.category === chosen)

  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Templates" }]} />
      </Topbar>
      <div className="page">
        <div className="pad">
          <div className="list-head">
            <p className="muted">
              Each runs at once on demo data.{" "}
              {!mayCreate && "An owner or editor of this workspace can use them."}
            </p>
            {templates.length > 0 && (
              <div className="row">
                <Segmented label="About" options={choicesOf(templates)} value={chosen} onChange={setChosen} />
              </div>
            )}
          </div>
          {list.isPending && <SkeletonRows />}
          {list.isError && templates.length === 0 && (
            <LoadError what="the templates" error={list.error} onRetry={() => void list.refetch()} />
          )}
          <div className="tp-grid">
            {shown.map((template) => (
              <TemplateCard
                key={template.key}
                template={template}
                mayCreate={mayCreate}
                onUse={() => setUsing(template)}
              />
            ))}
          </div>
        </div>
      </div>
      {using && (
        <UseTemplateDialog
          template={using}
          onClose={() => setUsing(null)}
          onMade={(workflow) => {
            void refresh()
            navigate(`/workflows/${workflow.id}`)
          }}
        />
      )}
    </>
  )
}
