/** The handlers of a run's socket for somebody else's eyes: frames carry the messages of errors that one may read oneself. */
import type { RunEvent } from "./frames"
import type { RunSocketHandlers } from "./runSocket"

const SILENT = { message: "" }

function silentEvent(event: RunEvent): RunEvent {
  const error = event.data?.error
  return error && typeof error === "object"
    ? { ...event, data: { ...event.data, error: { ...error, ...SILENT } } }
    : event
}

export function withoutWords(handlers: RunSocketHandlers): RunSocketHandlers {
  return {
    ...handlers,
    onEvents: (events) => handlers.onEvents(events.map(silentEvent)),
    onSnapshot: (snapshot) => {
      const nodes = Object.fromEntries(
        Object.entries(snapshot.nodes).map(([path, state]) => [
          path,
          state.error ? { ...state, error: { ...state.error, ...SILENT } } : state,
        ]),
      )
      const { run } = snapshot
      handlers.onSnapshot({
        ...snapshot,
        nodes,
        run: run.error ? { ...run, error: { ...run.error, ...SILENT } } : run,
      })
    },
  }
}
