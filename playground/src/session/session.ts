// Who this tab is signed in as. The token lies in the tab's own storage: it ends with the tab, and no other tab has it.
import { Cell } from "../cell";
import { post, type Result } from "../server/post";

/** The signed-in person. */
export interface Person {
  name: string;
  email: string;
  organization: string;
  permissions: string[];
}

const TOKEN = "kanvaro-token";
const VIEWER = "query PlaygroundViewer { viewer { user { fullName email } organization { name } permissions } }";
const LOGIN =
  "mutation PlaygroundLogin($input: LoginInput!) { login(input: $input) { token userErrors { message } } }";
const LOGOUT = "mutation PlaygroundLogout { logout { signedOut } }";

/** Who is signed in; null when nobody is. */
export const person = new Cell<Person | null>(null);

/** The header that says who asks. */
export function authorization(): Record<string, string> {
  const token = sessionStorage.getItem(TOKEN);
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** Whether the person may, by a permission like `cache:purge`. */
export function may(permission: string): boolean {
  return person.get()?.permissions.includes(permission) ?? false;
}

/** Takes up the session that this tab had; forgets it where the server doesn't know it any more. */
export async function restore(): Promise<void> {
  if (sessionStorage.getItem(TOKEN)) await introduce().catch(() => undefined);
}

/** Signs in; what is wrong otherwise, for people. */
export async function signIn(email: string, password: string): Promise<string | null> {
  const { result } = await post({ query: LOGIN, variables: { input: { email, password } } });
  const token = tokenOf(result);
  if (token === null) return problem(result);
  sessionStorage.setItem(TOKEN, token);
  await introduce();
  return null;
}

/** Ends the session, here and at the server. */
export async function signOut(): Promise<void> {
  try {
    await post({ query: LOGOUT }, authorization());
  } finally {
    forget();
  }
}

/** Notices what the editor's own operations did to the session: a `login`, a `logout`, a token that has ended. */
export function notice(result: Result, isOwnToken: boolean): void {
  const token = tokenOf(result);
  if (token !== null) {
    sessionStorage.setItem(TOKEN, token);
    void introduce().catch(() => undefined);
  } else if (isOwnToken && hasEnded(result)) {
    forget();
  }
}

function forget(): void {
  sessionStorage.removeItem(TOKEN);
  person.set(null);
}

async function introduce(): Promise<void> {
  const { result } = await post({ query: VIEWER }, authorization());
  const viewer = result.data?.viewer as
    | { user: { fullName: string; email: string } | null; organization: { name: string } | null; permissions: string[] }
    | null
    | undefined;
  if (!viewer) {
    forget();
    return;
  }
  person.set({
    name: viewer.user?.fullName ?? "",
    email: viewer.user?.email ?? "",
    organization: viewer.organization?.name ?? "",
    permissions: viewer.permissions,
  });
}

function tokenOf(result: Result): string | null {
  const login = result.data?.login as { token?: unknown } | null | undefined;
  return typeof login?.token === "string" ? login.token : null;
}

function hasEnded(result: Result): boolean {
  const logout = result.data?.logout as { signedOut?: boolean } | null | undefined;
  const isRefused = result.data == null && result.errors?.[0]?.extensions?.code === "UNAUTHENTICATED";
  return logout?.signedOut === true || isRefused;
}

function problem(result: Result): string {
  const login = result.data?.login as { userErrors?: { message: string }[] } | null | undefined;
  return login?.userErrors?.[0]?.message ?? result.errors?.[0]?.message ?? "The sign-in failed.";
}
