import { api, body } from "../api/client"

/** The names of the parameters that the newest published version has, else the draft. */
export async function readParameters(
  workflow: string,
): Promise<{ names: readonly string[]; published: number | null }> {
  const path = { workflow_id: workflow }
  const found = await body(api.GET("/api/v1/workflows/{workflow_id}/", { params: { path } }))
  const number = found.published_version
  const { graph } = await (number === null
    ? body(api.GET("/api/v1/workflows/{workflow_id}/draft/", { params: { path } }))
    : body(
        api.GET("/api/v1/workflows/{workflow_id}/versions/{number}/", {
          params: { path: { ...path, number } },
        }),
      ))
  return { names: (graph.parameters ?? []).map((parameter) => parameter.name), published: number }
}
