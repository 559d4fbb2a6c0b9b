import { QueryClientProvider, useQueryClient } from "@tanstack/react-query"
import { Fragment, lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from "react"
import { newQueryClient } from "../api/query"
import { lookThrough, ViewerContext, viewerName, type ViewAs } from "../api/viewing"
import { announce } from "../shared/announce"
import { EmptyState } from "../shared/EmptyState"
import { Prose } from "../shared/Prose"
import { LookingContext } from "./context"
import type { About } from "./types"

const ViewAsDialog = lazy(() => import("./ViewAsDialog"))
const ViewBar = lazy(() => import("./ViewBar"))

/** A page that can be looked at as somebody else. Through other eyes it is read anew, apart from what one read oneself. */
export function ViewAsScope({ about, children }: { about: About; children: ReactNode }) {
  const [choosing, setChoosing] = useState(false)
  const [viewed, setViewed] = useState<ViewAs | null>(null)
  const step = useRef<string | null>(null)
  const looking = useMemo(() => ({ choose: () => setChoosing(true), step }), [])
  useEffect(() => () => lookThrough(null), [])
  const look = (next: ViewAs | null) => {
    lookThrough(next?.view ?? null)
    setViewed(next)
    setChoosing(false)
    announce(next ? `You look as ${viewerName(next)}` : "You look as yourself again")
  }
  return (
    <LookingContext value={looking}>
      <Suspense>
        {viewed && (
          <ViewBar viewed={viewed} step={step} onChoose={() => setChoosing(true)} onStop={() => look(null)} />
        )}
        {choosing && <ViewAsDialog about={about} onBegun={look} onClose={() => setChoosing(false)} />}
      </Suspense>
      {viewed ? (
        <Through key={viewed.view} viewed={viewed}>
          {children}
        </Through>
      ) : (
        <Fragment key="own">{children}</Fragment>
      )}
    </LookingContext>
  )
}

function Through({ viewed, children }: { viewed: ViewAs; children: ReactNode }) {
  const own = useQueryClient()
  const [client] = useState(() => {
    const made = newQueryClient()
    for (const key of [["me"], ["node-types"], ["levels"]]) made.setQueryData(key, own.getQueryData(key))
    return made
  })
  const what = viewed.run ? "run" : "workflow"
  const seen = viewed.actions[`${what}.view`]
  return (
    <QueryClientProvider client={client}>
      <ViewerContext value={viewed}>
        {seen && !seen.allowed ? (
          <EmptyState icon="lock" title={`${viewerName(viewed)} can’t see this ${what}`}>
            For them it is not there. <Prose text={seen.reason} />
          </EmptyState>
        ) : (
          children
        )}
      </ViewerContext>
    </QueryClientProvider>
  )
}
