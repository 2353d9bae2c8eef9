// The way from a client to the server: signs in, and remembers each request with its answer, so that tests can count.

/** A session for whoever has the password. */
export const SIGN_IN = "mutation SignIn($input: LoginInput!) { login(input: $input) { token } }";

export class Wire {
  requests = [];

  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  /** To the server at this address, signed in as its first person. */
  static async signedIn(server) {
    const wire = new Wire(new URL("/graphql", server.url).href);
    const input = { email: server.email, password: server.password };
    const answer = await wire.send({ query: SIGN_IN, variables: { input } });
    wire.token = answer.data.login.token;
    return wire;
  }

  /** The same with nothing remembered. */
  anew() {
    return new Wire(this.url, this.token);
  }

  get headers() {
    return this.token ? { authorization: `Bearer ${this.token}` } : {};
  }

  /** For clients that take a fetch function. */
  fetch = async (url, options = {}) => {
    const headers = { ...Object.fromEntries(new Headers(options.headers)), ...this.headers };
    const response = await fetch(url, { ...options, headers });
    const answer = await response.clone().json();
    this.requests.push({ ...asked(String(url), options), status: response.status, answer });
    return response;
  };

  /** Asks without any client. */
  async send(body) {
    const headers = { "content-type": "application/json", accept: "application/graphql-response+json" };
    const response = await this.fetch(this.url, { method: "POST", headers, body: JSON.stringify(body) });
    return response.json();
  }

  /** How many requests went out. */
  get count() {
    return this.requests.length;
  }

  get last() {
    return this.requests.at(-1);
  }
}

function asked(url, { method = "GET", body }) {
  if (method !== "GET") return { method, body: JSON.parse(body) };
  const parameters = Object.fromEntries(new URL(url).searchParams);
  for (const name of ["variables", "extensions"]) {
    if (parameters[name]) parameters[name] = JSON.parse(parameters[name]);
  }
  return { method, body: parameters };
}

/** Waits until something holds. */
export async function eventually(what, holds) {
  const end = Date.now() + 5_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}
