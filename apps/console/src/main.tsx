import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Frame } from "./frame/frame.tsx";
import { signInFromAddress } from "./frame/sign-in-from-address.ts";
import { preferredLanguage, speak } from "./i18n/words.ts";

const root = document.querySelector("#root");
if (!root) throw new Error("index.html has no #root");
await Promise.all([speak(preferredLanguage()), signInFromAddress()]);
createRoot(root).render(
  <StrictMode>
    <Frame />
  </StrictMode>,
);
