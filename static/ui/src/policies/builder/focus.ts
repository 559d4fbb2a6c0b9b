import { focusSoon } from "../../shared/focusSoon"

/** Where the focus goes when parts of the tree move, come and go. */

const part = (id: string) => document.querySelector<HTMLElement>(`[data-part="${id}"]`)

/** Once it is drawn again. */
export function focusIn(id: string, selector: string): void {
  focusSoon(() => part(id)?.querySelector<HTMLElement>(selector))
}

/** Before a part goes: to its neighbour, else to where conditions are added. */
export function focusAfter(id: string): void {
  const row = part(id)
  const neighbour = row?.nextElementSibling ?? row?.previousElementSibling
  const next =
    neighbour?.querySelector<HTMLElement>(".cond-grip") ??
    row?.closest(".cond-tree")?.querySelector<HTMLElement>(".cond-add")
  next?.focus()
}
