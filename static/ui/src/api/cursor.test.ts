import { expect, it } from "vitest"

import { cursorOf } from "./cursor"

it("reads the cursor out of the next page's address", () => {
  expect(cursorOf("http://localhost:8000/api/v1/runs/?status=failed&cursor=cD0x")).toBe("cD0x")
  expect(cursorOf("/api/v1/runs/?cursor=a%3D%3D")).toBe("a==")
  expect(cursorOf(null)).toBeNull()
})
