// Verifies Stripe's signature, stores the event once, answers 200 after the commit.
import Fastify from 'fastify';
import pg from 'pg';
import Stripe from 'stripe';

const { PORT, BENCH_SECRET, DATABASE } = process.env;
const database = new pg.Pool({ connectionString: DATABASE, max: 10 });
const stripe = new Stripe('sk_test_unused');
const app = Fastify();

await database.query(`CREATE TABLE IF NOT EXISTS event (
  id text PRIMARY KEY, type text NOT NULL, received_at timestamptz NOT NULL DEFAULT now(), payload bytea NOT NULL)`);

// The signature covers the raw bytes.
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => done(null, body));

app.post('/api/webhooks/bench', async (request, reply) => {
  let event;
  try {
    event = stripe.webhooks.constructEvent(request.body, request.headers['stripe-signature'], BENCH_SECRET);
  } catch {
    return reply.code(400).send({ status: 'refused' });
  }
  const stored = await database.query({
    name: 'append',
    text: 'INSERT INTO event (id, type, payload) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    values: [event.id, event.type, request.body],
  });
  return { id: event.id, status: stored.rowCount === 1 ? 'accepted' : 'duplicate' };
});

await app.listen({ port: Number(PORT), host: '127.0.0.1' });
console.log('listening');
