// Where a peer finds its database, the broker and the queue, by the environment of its process; and how it publishes.
import amqplib from "amqplib";

const environment = process.env;

export const place = {
  best: environment.BENCH_SETTINGS === "best",
  database: {
    host: "127.0.0.1",
    port: Number(environment.BENCH_DATABASE_PORT),
    database: environment.BENCH_DATABASE,
    user: environment.BENCH_DATABASE_USER,
    password: environment.BENCH_DATABASE_PASSWORD,
  },
};

const connection = await amqplib.connect(environment.BENCH_AMQP_URL);
const channel = await connection.createConfirmChannel();
let returned = 0;
channel.on("return", () => returned++);

/** Resolves when the broker has the message for good. */
export function publish(id, body) {
  return new Promise((resolve, reject) => {
    const options = { persistent: true, mandatory: true, messageId: id, contentType: "text/plain" };
    channel.sendToQueue(environment.BENCH_QUEUE, Buffer.from(body), options, (error) =>
      error || returned > 0 ? reject(error ?? new Error("there is no such queue")) : resolve(),
    );
  });
}

// The message id and the body of row n, in SQL
export const idOf = "'00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0')";
export const bodyOf = "rpad('0000000000000000' || lpad(n::text, 16, '0'), 300, 'x')";
