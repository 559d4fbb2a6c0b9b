/** An error answer of the API (RFC 9457), or the lack of any answer. */
export interface FieldError {
  field?: string | null
  message: string
  code?: string
  node?: string | null
  severity?: "error" | "warning"
  line?: number | null
  column?: number | null
  hint?: string | null
}

interface ProblemBody {
  title?: string
  detail?: string
  code?: string
  instance?: string
  reason?: string
  errors?: FieldError[]
  [extra: string]: unknown
}

export class ApiProblem extends Error {
  override readonly name = "ApiProblem"

  constructor(
    /** 0 when nothing answered: offline, or the server is down. */
    readonly status: number,
    readonly body: ProblemBody = {},
  ) {
    super(body.detail || body.reason || body.title || messageFor(status))
  }

  get code(): string {
    return this.body.code ?? (this.status === 0 ? "unreachable" : `http_${this.status}`)
  }

  get errors(): FieldError[] {
    return this.body.errors ?? []
  }

  get isOffline(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504
  }
}

function messageFor(status: number): string {
  if (status === 0) return "The server can't be reached. Check the connection; what you did here is kept."
  if (status === 401) return "You are signed out. Sign in again to go on."
  if (status === 403) return "Your role does not allow this. Ask an owner of the workspace."
  if (status === 404) return "This does not exist, or not any more."
  if (status === 413) return "This is larger than the server takes."
  return `The server answered ${status}. Try again; if it stays, tell your administrator.`
}

/** The problem that an answer that is not OK carries. */
export async function problemFrom(response: Response): Promise<ApiProblem> {
  const type = response.headers.get("content-type") ?? ""
  if (!type.includes("json")) return new ApiProblem(response.status)
  try {
    const body: unknown = await response.json()
    return new ApiProblem(response.status, typeof body === "object" && body ? (body as ProblemBody) : {})
  } catch {
    return new ApiProblem(response.status)
  }
}
