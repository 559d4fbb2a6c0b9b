/** Masking rules as the API tells them. */
import type { components } from "../api/schema"

type Schemas = components["schemas"]

export type Mask = Schemas["MaskItem"]
export type MaskDocument = Schemas["MaskDocument"]
export type NewMask = Schemas["NewMask"]
export type MaskStatus = NonNullable<NewMask["status"]>
export type MaskType = MaskDocument["mask_type"]
export type Sampled = Schemas["MaskSample"]
export type Pair = Schemas["MaskedPair"]
export type Reach = Schemas["MaskReach"]
export type Suggestion = Schemas["MaskSuggestion"]
export type Suggestions = Schemas["MaskSuggestionList"]

/** Data to try a rule on. */
export type Sample = { dataset: string } | { run: string; node: string }
