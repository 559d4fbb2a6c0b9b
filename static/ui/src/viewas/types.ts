/** Through whose eyes a page can be looked at, as the API takes it. */
import type { components } from "../api/schema"
import type { ViewAs } from "../api/viewing"

type Schemas = components["schemas"]

export type Viewer = Schemas["ViewAsRequest"]
export type Member = Schemas["MemberItem"]
export type Attribute = Schemas["AttributeItem"]
export type NewCase = Schemas["NewPolicyTestCase"]
export type Case = Schemas["PolicyTestCaseItem"]
export type { ViewAs }

/** What is looked at. */
export type About = { workflow: string } | { run: string }
