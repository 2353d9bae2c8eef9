// Relay's environment as an application sets it up for this API.
import runtime from "relay-runtime";

const { Environment, Network, RecordSource, Store } = runtime;

/** An environment over this wire. What the compiler has put into its persisted queries is asked for by its id. */
export function environment(wire) {
  const ask = async ({ id, text, name }, variables) => {
    const document = id ? { doc_id: id } : { query: text };
    return wire.send({ ...document, operationName: name, variables });
  };
  return new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });
}
