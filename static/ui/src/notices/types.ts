/** Who is told what about the runs of a workflow, and how that went. */
import type { components } from "../api/schema"

type Schemas = components["schemas"]

type NoticeRule = Schemas["NoticeRule"]

/** Its address is an e-mail address, or `approvers` for those who may answer an approval, or a URL. */
export type Notice = Required<NoticeRule>
export type WorkflowNotices = Omit<Schemas["WorkflowNotices"], "notices"> & { notices: Notice[] }
export type Occasion = Notice["on"]
export type Channel = Notice["channel"]
/** One notice on its way, or arrived, or given up. */
export type Sending = Schemas["Notification"]
export type SendingStatus = Sending["status"]

export const OCCASIONS: readonly Occasion[] = ["failed", "succeeded", "waiting_approval", "outcome_unknown"]
export const APPROVERS = "approvers"
