import type { Frame, RunEvent, Snapshot } from "./frames"

export type Connection = "connecting" | "live" | "reconnecting" | "refused" | "closed"

export interface RunSocketHandlers {
  /** In order, without gaps or repeats by `seq`. */
  onEvents: (events: RunEvent[]) => void
  /** Everything up to `snapshot.seq`; replaces what was known. */
  onSnapshot: (snapshot: Snapshot) => void
  /** The log now reaches this position; fetch what is missing. */
  onLog?: (upto: number) => void
  /** The reader may now see more, or less: what was read before is read again. */
  onAccess?: () => void
  /** `reason` says why the server refused, where it did. */
  onConnection?: (state: Connection, info: { seq: number; code?: number; reason?: string }) => void
}

interface Options {
  runId: string
  after?: number
  handlers: RunSocketHandlers
  open?: (url: string) => WebSocket
  random?: () => number
}

const FIRST_DELAY_MS = 400
const MAX_DELAY_MS = 10_000
const REFUSED_FROM = 4400

/** Full jitter: many browsers that lost the same server don't come back in step. */
export function reconnectDelay(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** failures)
  return ceiling / 4 + random() * ceiling * 0.75
}

function socketUrl(runId: string, after: number): string {
  const scheme = location.protocol === "https:" ? "wss" : "ws"
  return `${scheme}://${location.host}/ws/runs/${runId}/?after=${after}`
}

/** Follows one run. Comes back by itself after a loss and goes on after the last `seq` it has seen. */
export class RunSocket {
  private socket: WebSocket | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private stopped = false
  private seen: number
  private readonly onOnline = () => this.hurry()

  constructor(private readonly options: Options) {
    this.seen = options.after ?? 0
    addEventListener("online", this.onOnline)
    this.tell("connecting")
    this.connect()
  }

  get seq(): number {
    return this.seen
  }

  close(): void {
    this.stopped = true
    clearTimeout(this.timer)
    removeEventListener("online", this.onOnline)
    this.socket?.close(1000)
    this.tell("closed")
  }

  private connect(): void {
    const open = this.options.open ?? ((url) => new WebSocket(url))
    const socket = open(socketUrl(this.options.runId, this.seen))
    this.socket = socket
    socket.onopen = () => {
      this.tell("live")
    }
    socket.onmessage = (message: MessageEvent<string>) => {
      this.failures = 0
      this.receive(JSON.parse(message.data) as Frame)
    }
    socket.onclose = (event) => {
      if (this.stopped || this.socket !== socket) return
      if (event.code >= REFUSED_FROM && event.code < 4500) {
        this.stopped = true
        this.tell("refused", event.code, event.reason)
        return
      }
      this.tell("reconnecting")
      this.timer = setTimeout(() => this.connect(), reconnectDelay(this.failures++, this.options.random))
    }
  }

  private hurry(): void {
    if (this.stopped || this.socket?.readyState === WebSocket.OPEN) return
    clearTimeout(this.timer)
    this.failures = 0
    this.connect()
  }

  private receive(frame: Frame): void {
    const { handlers } = this.options
    if ("events" in frame) {
      const fresh = frame.events.filter(
        (event) => event.seq === undefined || event.seq === null || event.seq > this.seen,
      )
      for (const event of fresh) if (event.seq) this.seen = event.seq
      if (fresh.length) handlers.onEvents(fresh)
    } else if ("snapshot" in frame) {
      this.seen = frame.snapshot.seq
      handlers.onSnapshot(frame.snapshot)
    } else if ("log" in frame) {
      handlers.onLog?.(frame.log.upto)
    } else if ("access" in frame) {
      handlers.onAccess?.()
    }
  }

  private tell(state: Connection, code?: number, reason?: string): void {
    this.options.handlers.onConnection?.(state, { seq: this.seen, code, reason })
  }
}
