// The menu of example operations: one opens in a tab of its own, unless the present one is empty or has only the greeting.
import { ToolbarMenu, UnStyledButton, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { Fragment } from "react";

import { GREETING } from "../greeting";
import { type Example, EXAMPLES } from "./list";
import { filled } from "./fill";

/** Milliseconds. */
const AFTER_CLOSING = 50;

export function ExamplesMenu() {
  const { addTab } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  async function open(example: Example) {
    const variables = await filled(example.variables);
    const there = queryEditor?.getValue().trim() ?? "";
    if (there !== "" && there !== GREETING.trim()) addTab();
    queryEditor?.setValue(example.query);
    variableEditor?.setValue(variables);
    // The menu gives the focus back to its button when it closes.
    setTimeout(() => queryEditor?.focus(), AFTER_CLOSING);
  }
  return (
    <ToolbarMenu button={<UnStyledButton className="kanvaro-bar-button">Examples ▾</UnStyledButton>}>
      {EXAMPLES.map((example, place) => (
        <Fragment key={example.name}>
          {example.isMutation && !EXAMPLES[place - 1]?.isMutation && <div className="kanvaro-menu-line" />}
          <ToolbarMenu.Item onSelect={() => void open(example)} title={example.about}>
            {example.title}
          </ToolbarMenu.Item>
        </Fragment>
      ))}
    </ToolbarMenu>
  );
}
