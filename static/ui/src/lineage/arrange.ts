/** Lays cards out in the direction of flow. Works in a worker. */
import { useEffect, useMemo, useState } from "react"
import type { TidyRequest } from "../editor/tidy"
import { CARD_WIDTH, type Card, type Places } from "./cards"
import type { LineageGraph } from "./types"

type Positions = [string, [number, number]][]

function inWorker(request: TidyRequest): { positions: Promise<Positions>; stop: () => void } {
  const worker = new Worker(new URL("../editor/tidy.worker.ts", import.meta.url), { type: "module" })
  const positions = new Promise<Positions>((resolve, reject) => {
    worker.onmessage = (message: MessageEvent<Positions>) => {
      resolve(message.data)
      worker.terminate()
    }
    worker.onerror = (event) => {
      reject(new Error(event.message))
      worker.terminate()
    }
  })
  worker.postMessage(request)
  return { positions, stop: () => worker.terminate() }
}

function requestFor(graph: LineageGraph, cards: readonly Card[]): TidyRequest {
  const pairs = new Set(graph.edges.map(({ from, to }) => JSON.stringify([from, to])))
  return {
    nodes: cards.map(({ node, height }) => ({ id: node.id, width: CARD_WIDTH, height })),
    wires: [...pairs].map((pair) => {
      const [source, target] = JSON.parse(pair) as [string, string]
      return { source, target, error: false }
    }),
    origin: [0, 0],
  }
}

/** Where the cards lie; null until it is known. Cards that come later have a place once it is found. */
export function usePlaces(graph: LineageGraph, cards: readonly Card[]): Places | null {
  const wanted = useMemo(() => JSON.stringify(requestFor(graph, cards)), [graph, cards])
  const [places, setPlaces] = useState<Places | null>(null)
  useEffect(() => {
    const { positions, stop } = inWorker(JSON.parse(wanted) as TidyRequest)
    void positions.then((found) => setPlaces(new Map(found.map(([id, [x, y]]) => [id, { x, y }]))))
    return stop
  }, [wanted])
  return places
}
