// pg-boss: a job for each message.
import pg from "pg";
import PgBoss from "pg-boss";
import { bodyOf, idOf, place, publish } from "./place.mjs";

const QUEUE = "publish";
const BATCH = 500;

export async function open() {
  const pool = new pg.Pool({ ...place.database, max: 2 });
  const boss = new PgBoss({ ...place.database, max: 10 });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE);
  let running = false;
  let loop;

  const add = (rows, name, time) =>
    pool.query(`
      insert into pgboss.job (name, data, start_after)
      select '${QUEUE}', jsonb_build_object('id', ${name}, 'body', ${bodyOf}), ${time} from generate_series(0, ${rows} - 1) n`);

  const send = (jobs) => Promise.all(jobs.map((job) => publish(job.data.id, job.data.body)));

  async function fetchForEver() {
    while (running) {
      const jobs = await boss.fetch(QUEUE, { batchSize: BATCH });
      if (jobs.length > 0) {
        await send(jobs);
        await boss.complete(QUEUE, jobs.map((job) => job.id));
      }
    }
  }

  return {
    configuration: place.best
      ? `a loop of its own: fetch ${BATCH}, publish all, wait for the confirms, complete all`
      : "work() as it comes: a batch of 1, polls every 2 s",
    isDone: "select not exists (select from pgboss.job where name = 'publish' and state < 'completed' and start_after <= now())",

    async load(due, future) {
      const { rows } = await pool.query(`select not exists (select from pgboss.job where name = '${QUEUE}') as empty`);
      if (rows[0].empty) await add(future, "gen_random_uuid()", "now() + interval '1 day' + n * interval '1 second'");
      await pool.query(`delete from pgboss.job where name = '${QUEUE}' and start_after <= now()`);
      await add(due, idOf, "now()");
    },

    async start() {
      running = true;
      if (place.best) loop = fetchForEver();
      else await boss.work(QUEUE, send);
    },

    async stop() {
      running = false;
      if (place.best) await loop;
      else await boss.offWork(QUEUE);
    },
  };
}
