import { useLocation } from "wouter"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { Crumbs } from "./Crumbs"
import { Topbar } from "./Topbar"

interface Props {
  /** What was looked for: "run", "workflow", "page". */
  what?: string
}

/** For an address that leads nowhere, or to something that is not there for this person. */
export function NotFound({ what = "page" }: Props) {
  const [, navigate] = useLocation()
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Not found" }]} />
      </Topbar>
      <div className="page">
        <EmptyState
          icon="search"
          title={`There is no such ${what}`}
          action={
            <Button variant="primary" onClick={() => navigate("/workflows")}>
              All workflows
            </Button>
          }
        >
          It may have been deleted, or the address is not complete.
        </EmptyState>
      </div>
    </>
  )
}

export default function NotFoundPage() {
  return <NotFound />
}
