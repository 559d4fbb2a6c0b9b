import { useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import type { Template, Workflow } from "../api/types"

/** The workflows that one can begin with. */
export function useTemplates() {
  return useQuery({
    queryKey: ["templates"],
    queryFn: async ({ signal }) => (await body(api.GET("/api/v1/templates/", { signal }))).results,
  })
}

/** A new workflow that is what the template is, with the demo data that it lacks. */
export function beginWith(template: Template, name: string): Promise<Workflow> {
  return body<Workflow>(
    api.POST("/api/v1/templates/{key}/use/", { params: { path: { key: template.key } }, body: { name } }),
  )
}
