// Starts one peer: `node serve.js mercurius|yoga|apollo`, with PORT, MONGODB, REDIS and ANSWERS (seconds) in the environment.

import { connect } from './engines.js';

const PEERS = ['mercurius', 'yoga', 'apollo'];

const [name] = process.argv.slice(2);
if (!PEERS.includes(name)) {
  console.error(`there is no peer ${name}: ${PEERS.join(', ')}`);
  process.exit(2);
}
const { PORT, ANSWERS = '0' } = process.env;
const { serve } = await import(`./${name}.js`);
await serve(await connect(process.env), { port: Number(PORT), answers: Number(ANSWERS) });
process.on('SIGTERM', () => process.exit(0));
