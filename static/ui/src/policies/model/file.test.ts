import { expect, it } from "vitest"
import { readFile } from "./file"

it.each([
  ['{"policies": [{"key": "k"}]}', true],
  ['[{"key": "k"}]', true],
])("reads %s", (text, ok) => {
  expect(readFile(text)).toMatchObject({ ok, policies: [{ key: "k" }] })
})

it.each([
  ['{"policies": [\n{"key": "k"\n', "line"],
  ['{"rules": []}', "no list"],
  ['{"policies": []}', "empty"],
  ['{"policies": [{}, 5]}', "policies.1"],
])("says what is wrong with %s", (text, words) => {
  const read = readFile(text)
  expect(!read.ok && read.message).toContain(words)
})
