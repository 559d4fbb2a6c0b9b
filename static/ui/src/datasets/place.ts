/** What the datasets page shows, as its address says it. */
export interface DatasetsPlace {
  readonly search: string
  /** The dataset that is open beside the list. */
  readonly dataset: string | null
}

export function readPlace(search: string): DatasetsPlace {
  const parameters = new URLSearchParams(search)
  return { search: parameters.get("search") ?? "", dataset: parameters.get("dataset") || null }
}

export function datasetsPath(place: DatasetsPlace): string {
  const parameters = new URLSearchParams()
  if (place.search.trim()) parameters.set("search", place.search.trim())
  if (place.dataset) parameters.set("dataset", place.dataset)
  const text = parameters.toString()
  return text ? `/datasets?${text}` : "/datasets"
}
