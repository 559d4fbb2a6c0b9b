import { api, body } from "../../api/client"
import type { TimelinePage } from "./TimelineStore"

const ROWS_PER_PAGE = 500

/** The rows of a run or of what lies inside `container`, page by page. `itself`: the row of the one iteration alone. */
export async function readTimeline(
  runId: string,
  container: string,
  take: (page: TimelinePage) => void,
  signal: AbortSignal,
  itself = false,
): Promise<void> {
  const slash = container.lastIndexOf("/")
  const inside = itself ? container.slice(0, slash) : container
  let after = itself ? Number(container.slice(slash + 1)) - 1 : undefined
  for (;;) {
    const page = await body<TimelinePage>(
      api.GET("/api/v1/runs/{run_id}/timeline/", {
        params: {
          path: { run_id: runId },
          query: { container: inside || undefined, after, limit: itself ? 1 : ROWS_PER_PAGE },
        },
        signal,
      }),
    )
    if (signal.aborted) return
    take(page)
    after = afterOf(page.next)
    if (itself || after === undefined) return
  }
}

function afterOf(next: string | null): number | undefined {
  const after = next && new URL(next, "http://relative.invalid").searchParams.get("after")
  return after ? Number(after) : undefined
}
