// Begins: the session that this tab had first, since a token that has ended would spoil the first requests.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./style.css";
import "./workers";
import { Playground } from "./Playground";
import { restore } from "./session/session";

await restore();
const root = document.getElementById("playground");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Playground />
    </StrictMode>,
  );
}
