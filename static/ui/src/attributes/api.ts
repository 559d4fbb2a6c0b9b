import { api, body } from "../api/client"
import { useRefresh } from "../api/pages"
import type { Attribute, AttributeChange, Level, NewAttribute } from "./types"

const at = (id: string) => ({ params: { path: { attribute_id: id } } })

export const createAttribute = (attribute: NewAttribute): Promise<Attribute> =>
  body(api.POST("/api/v1/attributes/", { body: attribute }))

export const changeAttribute = (id: string, change: AttributeChange): Promise<Attribute> =>
  body(api.PATCH("/api/v1/attributes/{attribute_id}/", { ...at(id), body: change }))

export async function deleteAttribute(id: string): Promise<void> {
  await api.DELETE("/api/v1/attributes/{attribute_id}/", at(id))
}

export async function saveLevels(
  levels: readonly { key: string; label: string }[],
): Promise<readonly Level[]> {
  const sent = levels.map(({ key, label }) => ({ key, label }))
  return (await body(api.PUT("/api/v1/levels/", { body: { levels: sent } }))).results
}

/** Call it after a change of what conditions can name. */
export const useRefreshVocabulary = () => useRefresh("attributes", "levels", "policy-vocabulary")
