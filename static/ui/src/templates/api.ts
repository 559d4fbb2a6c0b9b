import { useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import type { JsonSchema, Template, Workflow } from "../api/types"
import type { Config } from "./config"

/** The workflows that one can begin with. */
export function useTemplates() {
  return useQuery({
    queryKey: ["templates"],
    queryFn: async ({ signal }) => (await body(api.GET("/api/v1/templates/", { signal }))).results,
  })
}

/** One template, with what its configuration may be. */
export function useTemplateDetail(key: string) {
  return useQuery({
    queryKey: ["templates", key],
    queryFn: async ({ signal }) => {
      const found = await body(api.GET("/api/v1/templates/{key}/", { params: { path: { key } }, signal }))
      return { ...found, config_schema: found.config_schema as JsonSchema }
    },
  })
}

/** A new workflow that is what the template is with this configuration, and the demo data that it lacks. */
export function beginWith(template: Template, name: string, config: Config): Promise<Workflow> {
  return body<Workflow>(
    api.POST("/api/v1/templates/{key}/use/", {
      params: { path: { key: template.key } },
      body: { name, config },
    }),
  )
}
