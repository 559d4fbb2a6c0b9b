export type { paths as Paths } from "./schema"
