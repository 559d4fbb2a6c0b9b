import type { components } from "../api/schema"

type Schemas = components["schemas"]

export type Attribute = Schemas["AttributeItem"]
export type NewAttribute = Schemas["NewAttribute"]
export type AttributeChange = Schemas["AttributeChange"]
export type Level = Schemas["Level"]
