import { expect, it } from "vitest"
import { ago, bytes, duration, plural, until } from "./format"
import { hueOf, initialsOf } from "./Avatar"
import { keyName } from "./hooks/useKeys"
import { sentence } from "./Prose"

it.each([
  [8, "8 ms"],
  [210, "0.21 s"],
  [4_600, "4.6 s"],
  [120_000, "2 min"],
  [125_000, "2 min 5 s"],
  [3_900_000, "1 h 5 min"],
  [180_000_000, "2 d 2 h"],
])("%d ms reads %s", (ms, text) => {
  expect(duration(ms)).toBe(text)
})

it.each([
  [812, "812 B"],
  [1_434, "1.4 KiB"],
  [67_108_864, "64 MiB"],
])("%d bytes read %s", (size, text) => {
  expect(bytes(size)).toBe(text)
})

it("says how long ago and how long until", () => {
  const now = new Date("2026-03-12T12:00:00Z")
  expect(ago("2026-03-12T11:59:40Z", now)).toBe("just now")
  expect(ago("2026-03-12T09:00:00Z", now)).toBe("3 h ago")
  expect(until("2026-03-12T12:00:40Z", now)).toBe("in 40.0 s")
  expect(until("2026-03-12T11:00:00Z", now)).toBe("now")
})

it("counts with the right word", () => {
  expect(plural(1, "item")).toBe("1 item")
  expect(plural(8_759, "row")).toBe("8,759 rows")
})

it("draws the same person the same way", () => {
  expect(initialsOf("Mara Okafor")).toBe("MO")
  expect(initialsOf("owner")).toBe("OW")
  expect(hueOf("Mara")).toBe(hueOf("Mara"))
})

it("names key presses", () => {
  const press = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }
  expect(keyName({ ...press, key: "?", shiftKey: true })).toBe("?")
  expect(keyName({ ...press, key: "z", metaKey: true, shiftKey: true })).toBe("Ctrl+Shift+Z")
  expect(keyName({ ...press, key: "ArrowUp", shiftKey: true })).toBe("Shift+ArrowUp")
})

it("begins a message with a capital, but not a quoted name", () => {
  expect(sentence("the code reads x")).toBe("The code reads x")
  expect(sentence("'code' is required")).toBe("'code' is required")
})
