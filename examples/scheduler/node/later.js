// AMQP_URL=amqp://USER:PASSWORD@HOST:5672/%2F node later.js (needs npm's amqplib)
const amqp = require('amqplib');
const { randomUUID } = require('node:crypto');
const { setTimeout: pause } = require('node:timers/promises');

async function main() {
  // [connect]
  const connection = await amqp.connect(process.env.AMQP_URL);
  const me = new URL(process.env.AMQP_URL).username;
  const channel = await connection.createConfirmChannel();
  channel.on('return', (message) => { throw new Error(`${message.fields.routingKey}: not with the scheduler`); });
  const answers = [];
  await channel.consume('amq.rabbitmq.reply-to', (answer) => answers.push(JSON.parse(answer.content)), { noAck: true });

  async function say(command, headers, body = '', properties = {}) {
    const always = { userId: me, persistent: true, mandatory: true };
    const usually = { messageId: randomUUID(), replyTo: 'amq.rabbitmq.reply-to' };
    channel.publish('scheduler', command, Buffer.from(body), { ...usually, ...properties, ...always, headers });
    await channel.waitForConfirms();
  }
  // [end]

  async function until(fulfilled) {
    for (const deadline = Date.now() + 20_000; !fulfilled(); await pause(20)) {
      if (Date.now() > deadline) throw new Error('nothing came within 20 s');
    }
  }
  const queue = `${me}.reminders-node`;
  for (const name of [queue, `${queue}.parked`]) {
    await channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await channel.purgeQueue(name);
  }

  // [schedule]
  const target = { 'x-exchange': '', 'x-routing-key': queue };
  await say('schedule', { 'x-key': 'invoice-4711', 'x-delay': 3_600_000, ...target },
    '{"invoice": 4711}', { contentType: 'application/json' });
  // [end]
  await say('schedule', { 'x-key': 'invoice-4711', 'x-deliver-at': Date.now() + 3_600_000, ...target }, 'another one');
  await until(() => answers.length === 2);

  // [cancel]
  await say('cancel', { 'x-key': 'invoice-4711' });
  await until(() => answers.length === 3);
  console.log(answers.map((answer) => answer.status).join(' ')); // scheduled replaced cancelled
  // [end]

  const handled = [];
  function handle(message) {
    handled.push(message.properties.headers['x-attempt'] ?? 1);
    throw new Error('no luck');
  }

  // [retry]
  await channel.consume(queue, async (message) => {
    try {
      handle(message);
    } catch (failure) {
      const retry = { 'x-routing-key': queue, 'x-delay': 200, 'x-max-attempts': 3, 'x-reason': failure.name };
      await say('retry', { ...message.properties.headers, ...retry }, message.content, message.properties);
    }
    channel.ack(message);
  });
  // [end]

  const parked = [];
  await channel.consume(`${queue}.parked`, (message) => parked.push(message.properties.headers), { noAck: true });
  await say('schedule', { 'x-delay': 100, ...target }, 'hopeless', { replyTo: undefined });
  await until(() => parked.length > 0);
  // 1 2 3 parked: attempts_exhausted 3
  console.log(...handled, 'parked:', parked[0]['x-parked-reason'], parked[0]['x-attempts'].length);
  process.exit(); // with the connection
}

main().catch((failure) => {
  console.error(failure.message);
  process.exit(1);
});
