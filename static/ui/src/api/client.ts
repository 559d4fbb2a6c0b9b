import createClient, { type Middleware } from "openapi-fetch"
import type { Paths } from "./paths"
import { ApiProblem, problemFrom } from "./problem"
import { fetchProved } from "./proof"
import { addViewHeader } from "./viewing"

const SAFE = new Set(["GET", "HEAD", "OPTIONS"])

export function csrfToken(cookies: string = document.cookie): string {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(cookies)?.[1] ?? ""
}

const session: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method)) request.headers.set("X-CSRFToken", csrfToken())
    addViewHeader(request)
    return request
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemFrom(response)
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return error
    return error instanceof ApiProblem ? error : new ApiProblem(0)
  },
}

/** The typed client. Every answer that is not OK is thrown as `ApiProblem`. */
export const api = createClient<Paths>({ baseUrl: "/", credentials: "same-origin", fetch: fetchProved })
api.use(session)

/** The body of an answer: `const draft = await body(api.GET("/api/v1/workflows/{workflow_id}/draft/", …))`. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}

/** The same, under a narrower name of `types.ts`: for bodies with graphs or JSON Schema, which the API leaves open. */
export async function bodyAs<T>(answer: Promise<{ data?: unknown }>): Promise<T> {
  return (await answer).data as T
}
