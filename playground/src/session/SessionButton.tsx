// Signs in and out, beside the tabs.
import { Button, Dialog, ToolbarMenu, UnStyledButton } from "@graphiql/react";
import { type FormEvent, useState } from "react";

import { person, signIn, signOut } from "./session";

export function SessionButton() {
  const who = person.use();
  const [isOpen, setOpen] = useState(false);
  if (who) {
    return (
      <ToolbarMenu button={<UnStyledButton className="kanvaro-bar-button">{who.name} ▾</UnStyledButton>}>
        <div className="kanvaro-menu-head">
          {who.email}
          <br />
          {who.organization}
        </div>
        <ToolbarMenu.Item onSelect={() => void signOut()}>Sign out</ToolbarMenu.Item>
      </ToolbarMenu>
    );
  }
  return (
    <>
      <Button type="button" className="kanvaro-sign-in" onClick={() => setOpen(true)}>
        Sign in
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen}>
        <SignIn close={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function SignIn({ close }: { close: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const problem = await signIn(String(form.get("email")), String(form.get("password"))).catch(String);
    setBusy(false);
    setProblem(problem);
    if (problem === null) close();
  }
  return (
    <>
      <div className="graphiql-dialog-header">
        <Dialog.Title className="graphiql-dialog-title">Sign in</Dialog.Title>
        <Dialog.Close />
      </div>
      <form className="graphiql-dialog-section kanvaro-form" onSubmit={(event) => void submit(event)}>
        <Dialog.Description className="kanvaro-dim">
          The token is kept for this tab and sent with what you run here. The server prints a sign-in when it makes its
          demo data.
        </Dialog.Description>
        <label>
          Email <input name="email" type="email" autoComplete="username" required autoFocus />
        </label>
        <label>
          Password <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <p role="alert" className="kanvaro-problem">
          {problem}
        </p>
        <Button type="submit" disabled={isBusy}>
          Sign in
        </Button>
      </form>
    </>
  );
}
