import { api, body } from "../../api/client"
import type { TimelinePage } from "./TimelineStore"

const ROWS_PER_PAGE = 500

/** The rows of a run, or of what lies inside `container`, page by page. */
export async function readTimeline(
  runId: string,
  container: string,
  take: (page: TimelinePage) => void,
  signal: AbortSignal,
): Promise<void> {
  let after: number | undefined
  do {
    const page: TimelinePage = await body<TimelinePage>(
      api.GET("/api/v1/runs/{run_id}/timeline/", {
        params: {
          path: { run_id: runId },
          query: { container: container || undefined, after, limit: ROWS_PER_PAGE },
        },
        signal,
      }),
    )
    if (signal.aborted) return
    take(page)
    after = afterOf(page.next)
  } while (after !== undefined)
}

function afterOf(next: string | null): number | undefined {
  const after = next && new URL(next, "http://relative.invalid").searchParams.get("after")
  return after ? Number(after) : undefined
}
