import { tidy, type TidyRequest } from "./tidy"

addEventListener("message", (message: MessageEvent<TidyRequest>) => {
  postMessage(tidy(message.data))
})
