import { useState } from "react"
import { useCan } from "../api/me"
import { useAttributes } from "../people/api"
import { PeopleTabs } from "../people/PeopleTabs"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { SkeletonRows } from "../shared/Skeleton"
import { AttributeDialog } from "./AttributeDialog"
import { AttributeTable } from "./AttributeTable"
import { LevelsCard } from "./LevelsCard"
import type { Attribute } from "./types"
import "./AttributesPage.css"

/** What conditions can name: attributes with their types, and the order of levels. */
export default function AttributesPage() {
  const manages = useCan("policy.manage")
  const list = useAttributes(true)
  const [editing, setEditing] = useState<Attribute | "new" | null>(null)
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Attributes and levels" }]} />
      </Topbar>
      <div className="page">
        <div className="pad attributes-page">
          <PeopleTabs />
          <section className="card list-card" aria-labelledby="attributes-title">
            <header>
              <h2 id="attributes-title">Attributes</h2>
              <span className="xs subtle">what people and things can have, and rules ask</span>
              {manages && (
                <span className="end">
                  <Button size="sm" icon="plus" onClick={() => setEditing("new")}>
                    Attribute
                  </Button>
                </span>
              )}
            </header>
            {list.isPending && (
              <div className="body">
                <SkeletonRows rows={3} />
              </div>
            )}
            {list.isError && (
              <LoadError what="the attributes" error={list.error} onRetry={() => void list.refetch()} />
            )}
            {list.data && <AttributeTable attributes={list.data} onOpen={manages ? setEditing : null} />}
          </section>
          <LevelsCard readOnly={!manages} />
        </div>
      </div>
      {editing && (
        <AttributeDialog attribute={editing === "new" ? null : editing} onClose={() => setEditing(null)} />
      )}
    </>
  )
}
