import type { KeyboardEvent } from "react"
import { announce } from "../../shared/announce"
import { Icon } from "../../shared/icons/Icon"
import { Menu, type MenuItem } from "../../shared/Menu"
import { toast } from "../../shared/toast"
import { isGroup, type Condition } from "../model/condition"
import {
  find,
  keepsTogether,
  move,
  remove,
  spotOf,
  step,
  ungroup,
  wrap,
  type Direction,
} from "../model/moves"
import { joinWords, partWords } from "../model/words"
import { useBuilder } from "./BuilderContext"
import { focusAfter, focusIn } from "./focus"

const KEYS: Readonly<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "out",
  ArrowRight: "in",
}

const NO_PLACE: Readonly<Record<Direction, string>> = {
  up: "It is the first.",
  down: "It is the last.",
  out: "It is in no group.",
  in: "There is no group beside it.",
}

/** By what a part is moved: dragged, by arrow keys, or by the menu that it opens. */
export function Handle({ part }: { part: Condition }) {
  const { keeper, words, onDrag } = useBuilder()
  const { id } = part
  const { root } = keeper
  const name = partWords(part, words)
  const go = (direction: Direction) => {
    const to = step(root(), id, direction)
    if (!to) return announce(NO_PLACE[direction])
    keeper.editTree((tree) => move(tree, id, to))
    focusIn(id, ".cond-grip")
    announce(placeWords(id, root()))
  }
  const takeAway = () => {
    focusAfter(id)
    keeper.editTree((tree) => remove(tree, id))
    toast(isGroup(part) ? "The group is removed." : "The condition is removed.", {
      icon: "trash",
      action: { label: "Undo", run: () => keeper.undo() },
    })
  }
  const press = (event: KeyboardEvent) => {
    const direction = KEYS[event.key]
    const isOpen = event.currentTarget.getAttribute("aria-expanded") === "true"
    if (isOpen || (!direction && event.key !== "Delete")) return
    event.preventDefault()
    event.stopPropagation()
    if (direction) go(direction)
    else takeAway()
  }
  const items = (): MenuItem[] => {
    const move = (label: string, keys: string, direction: Direction): MenuItem => ({
      label,
      keys,
      disabledReason: step(root(), id, direction) ? null : NO_PLACE[direction],
      onSelect: () => go(direction),
    })
    return [
      move("Move up", "↑", "up"),
      move("Move down", "↓", "down"),
      move("Move into the group beside it", "→", "in"),
      move("Move out of its group", "←", "out"),
      {
        label: "Put in a group of its own",
        separate: true,
        onSelect: () => {
          keeper.editTree((tree) => wrap(tree, id, "any"))
          focusIn(id, ".cond-grip")
        },
      },
      ...(isGroup(part)
        ? [
            {
              label: "Take the group apart",
              disabledReason: keepsTogether(root(), id),
              onSelect: () => keeper.editTree((tree) => ungroup(tree, id)),
            },
          ]
        : []),
      { label: "Remove", icon: "trash", danger: true, keys: "Del", separate: true, onSelect: takeAway },
    ]
  }
  return (
    <Menu items={items} align="start" width={264}>
      <button
        type="button"
        className="cond-grip"
        aria-label={`Move “${name}”`}
        title="Drag, or move by the arrow keys"
        onKeyDown={press}
        onPointerDown={(event) => onDrag(event, id)}
      >
        <Icon name="grip" size={14} />
      </button>
    </Menu>
  )
}

/** “Now 2 of 3 in Any of.” */
function placeWords(id: string, root: Parameters<typeof find>[0]): string {
  const spot = spotOf(root, id)
  const group = spot && find(root, spot.group)
  if (!spot || !group || !isGroup(group)) return ""
  return `Now ${spot.at + 1} of ${group.children.length} in ${joinWords(group)}.`
}
