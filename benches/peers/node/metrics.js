// What operators watch, as the servers with which these are compared have it: requests by operation and outcome, their
// times, calls of the store; in Prometheus' text format at `/metrics`.

import { Counter, Histogram, register } from 'prom-client';

/// Round trips to the store.
export const storeCalls = new Counter({ name: 'peer_store_calls_total', help: 'Round trips to the store' });

const requests = new Counter({
  name: 'peer_requests_total',
  help: 'GraphQL operations answered',
  labelNames: ['name', 'outcome'],
});
const seconds = new Histogram({
  name: 'peer_request_seconds',
  help: 'Time to answer a GraphQL request',
  buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/// An operation was answered; `since` is of `performance.now()`.
export function answered(name, failed, since) {
  requests.inc({ name: name ?? 'none', outcome: failed ? 'error' : 'ok' });
  seconds.observe((performance.now() - since) / 1000);
}

/// Everything, as text.
export const render = () => register.metrics();
