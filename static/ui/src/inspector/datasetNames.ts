import { api, body } from "../api/client"
import type { DatasetPage } from "../api/types"

/** Names to choose from in a dataset field; other names may be typed. */
export async function datasetNames(): Promise<string[]> {
  const page = await body<DatasetPage>(api.GET("/api/v1/datasets/", { params: { query: { limit: 200 } } }))
  return page.results.map((dataset) => dataset.name)
}
