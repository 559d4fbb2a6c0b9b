// Until the server's schema is generated.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Paths = any
